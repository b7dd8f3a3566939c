-- The log: leaves in pages, inner nodes of complete subtrees, salts apart, sum trees in versions.
-- A version of a sum tree's node holds from a size of the log on; nothing is ever written over.
CREATE TABLE ledger_logstate (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    name uuid NOT NULL,  -- which log this is, for ever
    master bytea NOT NULL,  -- what hides the sums that are not shown
    numbered_to bigint NOT NULL,  -- every entry with a smaller clock is in the log
    size bigint NOT NULL,  -- leaves
    entries bigint NOT NULL  -- leaves that are entries
);
INSERT INTO ledger_logstate (name, master, numbered_to, size, entries)
VALUES (gen_random_uuid(), sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())), 0, 0, 0);

-- Up to 1,024 leaves in the order of the log. `ids` are those of entries, by clock and id; without any in a
-- page of records.
CREATE TABLE ledger_leafpage (
    first bigint PRIMARY KEY, leaves integer NOT NULL, low_clock bigint, low_id uuid, high_clock bigint,
    ids bytea NOT NULL, hashes bytea NOT NULL
);
CREATE INDEX ledger_leafpage_low ON ledger_leafpage (low_clock, low_id);
-- 16 bytes for each entry of the page. Zeros: erased, and its commitments are kept below.
CREATE TABLE ledger_leafsalt (first bigint PRIMARY KEY, salts bytea NOT NULL);
CREATE TABLE ledger_saltless (leaf bigint PRIMARY KEY, commitments text NOT NULL);
-- Roots of complete subtrees of 2^level leaves, for levels 10, 20 and 30.
CREATE TABLE ledger_lognode (
    level smallint NOT NULL, position bigint NOT NULL, hash bytea NOT NULL, PRIMARY KEY (level, position)
);

-- What one office (a node beneath the root, or the root's own entries) did of a series on a day.
CREATE TABLE ledger_sumpage (
    series bigint NOT NULL, day date NOT NULL, page integer NOT NULL, size bigint NOT NULL,
    root integer NOT NULL, parts integer NOT NULL, core bytea NOT NULL, seal bytea NOT NULL, salt bytea NOT NULL,
    tally text NOT NULL, cells bytea NOT NULL,
    PRIMARY KEY (series, day, page, size)
);
ALTER TABLE ledger_sumpage ALTER cells SET STORAGE EXTERNAL;  -- hashes do not compress
-- level 1 a day, 2 a Jalali month (at = its first day), 3 a whole series.
CREATE TABLE ledger_sumnode (
    series bigint NOT NULL, level smallint NOT NULL, at date NOT NULL, size bigint NOT NULL,
    parts integer NOT NULL, core bytea NOT NULL, seal bytea NOT NULL, salt bytea NOT NULL, tally text NOT NULL,
    PRIMARY KEY (series, level, at, size)
);
CREATE TABLE ledger_sumseries (series bigint PRIMARY KEY);
-- Where each node stood when its entries were last added up.
CREATE TABLE ledger_sumhome (
    axis smallint NOT NULL, node integer NOT NULL, line integer[] NOT NULL, PRIMARY KEY (axis, node)
);

CREATE FUNCTION ledger_log_grows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.name <> OLD.name OR NEW.master <> OLD.master OR NEW.numbered_to < OLD.numbered_to
       OR NEW.size < OLD.size OR NEW.entries < OLD.entries THEN
        RAISE EXCEPTION 'the log only grows' USING ERRCODE = 'check_violation', CONSTRAINT = 'log_only_grows';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER grows BEFORE UPDATE ON ledger_logstate FOR EACH ROW EXECUTE FUNCTION ledger_log_grows();

-- A head continues the one before, whoever writes it.
CREATE FUNCTION ledger_head_law() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    before record;
BEGIN
    SELECT * INTO before FROM ledger_head ORDER BY number DESC LIMIT 1;
    IF (before IS NULL AND (NEW.number <> 1 OR NEW.previous <> ''))
       OR NEW.number <> before.number + 1 OR NEW.previous <> before.digest OR NEW.epoch < before.epoch
       OR NEW.size < before.size OR NEW.at < before.at THEN
        RAISE EXCEPTION 'head % does not continue the one before', NEW.number
            USING ERRCODE = 'check_violation', CONSTRAINT = 'head_continues_the_last';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER law BEFORE INSERT ON ledger_head FOR EACH ROW EXECUTE FUNCTION ledger_head_law();

-- A record waits until it is numbered; then it stays as it is.
CREATE FUNCTION ledger_record_law() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.leaf IS NOT NULL OR (NEW.id, NEW.kind, NEW.name, NEW.sha256, NEW.bytes, NEW.at)
       IS DISTINCT FROM (OLD.id, OLD.kind, OLD.name, OLD.sha256, OLD.bytes, OLD.at) THEN
        RAISE EXCEPTION 'a record stays as it is' USING ERRCODE = 'check_violation', CONSTRAINT = 'record_is_never_changed';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER law BEFORE UPDATE ON ledger_logrecord FOR EACH ROW EXECUTE FUNCTION ledger_record_law();
