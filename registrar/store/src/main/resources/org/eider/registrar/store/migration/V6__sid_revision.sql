-- By which SIDs a manufacturer's MASA is asked in CBOR; none for the newest.

ALTER TABLE manufacturers ADD COLUMN IF NOT EXISTS sid_revision VARCHAR(32);
