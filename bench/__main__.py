"""`make bench`: every measurement there is."""

import asyncio

from bench import priority, relay


async def main() -> None:
    await relay.main()
    await priority.main()


asyncio.run(main())
