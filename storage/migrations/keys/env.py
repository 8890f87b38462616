from storage.schema import run_migrations
from storage.tables import KEYS

run_migrations(KEYS)
