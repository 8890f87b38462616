"""`make bench`: every measurement there is."""

import asyncio

from bench import relay

asyncio.run(relay.main())
