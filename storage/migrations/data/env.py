from storage.schema import run_migrations
from storage.tables import DATA

run_migrations(DATA)
