-- Decisions, packages and signatures, kept by the database itself.

CREATE FUNCTION campaigns_refuse(rule text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '%', rule USING ERRCODE = 'restrict_violation', CONSTRAINT = rule;
END $$;

-- A version is born a draft. It is frozen once, by two officers who signed just this content, with the
-- next number of its package; after that nothing of it changes.
CREATE FUNCTION campaigns_version_law() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'draft' THEN PERFORM campaigns_refuse('version_begins_as_a_draft'); END IF;
        RETURN NEW;
    END IF;
    IF OLD.state = 'frozen' THEN PERFORM campaigns_refuse('frozen_package_never_changes'); END IF;
    IF NEW.package_id <> OLD.package_id THEN PERFORM campaigns_refuse('version_stays_in_its_package'); END IF;
    IF NEW.state = 'frozen' THEN
        IF OLD.state <> 'draft' THEN PERFORM campaigns_refuse('only_a_draft_is_frozen'); END IF;
        IF (SELECT count(DISTINCT by_id) FROM campaigns_signature
             WHERE version_id = NEW.id AND seal = NEW.seal) < 2 THEN
            PERFORM campaigns_refuse('package_signed_by_two_officers');
        END IF;
        IF NEW.number <> 1 + coalesce((SELECT max(number) FROM campaigns_version
                                        WHERE package_id = NEW.package_id), 0) THEN
            PERFORM campaigns_refuse('package_numbers_follow');
        END IF;
        IF EXISTS (
            WITH RECURSIVE beneath AS (
                SELECT part_id AS id FROM campaigns_part WHERE version_id = NEW.id
                UNION SELECT p.part_id FROM campaigns_part p JOIN beneath b ON p.version_id = b.id
            ), everything AS (SELECT id FROM beneath UNION SELECT NEW.id)
            SELECT l.activity_id FROM campaigns_line l JOIN everything e ON e.id = l.version_id
             GROUP BY l.activity_id HAVING count(DISTINCT l.version_id) > 1
        ) THEN
            PERFORM campaigns_refuse('package_counts_each_activity_once');
        END IF;
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER version_law BEFORE INSERT OR UPDATE ON campaigns_version
FOR EACH ROW EXECUTE FUNCTION campaigns_version_law();

-- Lines and parts change with their draft only.
CREATE FUNCTION campaigns_content_law() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    stands text;
BEGIN
    -- Shared with whoever freezes: he waits for this change, or this one finds the version frozen.
    SELECT state INTO stands FROM campaigns_version
     WHERE id = CASE WHEN TG_OP = 'DELETE' THEN OLD.version_id ELSE NEW.version_id END FOR SHARE;
    IF stands <> 'draft' THEN PERFORM campaigns_refuse('frozen_package_never_changes'); END IF;
    IF TG_OP = 'UPDATE' AND NEW.version_id <> OLD.version_id THEN
        PERFORM campaigns_refuse('line_stays_in_its_version');
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER content_law BEFORE INSERT OR UPDATE OR DELETE ON campaigns_line
FOR EACH ROW EXECUTE FUNCTION campaigns_content_law();
CREATE TRIGGER content_law BEFORE INSERT OR UPDATE OR DELETE ON campaigns_part
FOR EACH ROW EXECUTE FUNCTION campaigns_content_law();

-- What goes into a package is frozen itself.
CREATE FUNCTION campaigns_part_law() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT state FROM campaigns_version WHERE id = NEW.part_id) <> 'frozen' THEN
        PERFORM campaigns_refuse('only_frozen_packages_go_in');
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER part_law BEFORE INSERT OR UPDATE ON campaigns_part
FOR EACH ROW EXECUTE FUNCTION campaigns_part_law();

-- Only a draft is signed.
CREATE FUNCTION campaigns_signature_law() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT state FROM campaigns_version WHERE id = NEW.version_id) <> 'draft' THEN
        PERFORM campaigns_refuse('only_a_draft_is_signed');
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER signature_law BEFORE INSERT ON campaigns_signature
FOR EACH ROW EXECUTE FUNCTION campaigns_signature_law();

-- Of a pledge only its withdrawal is ever written, and only once.
CREATE FUNCTION campaigns_pledge_law() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.withdrawn_in_id IS NOT NULL
       OR (to_jsonb(NEW) - 'withdrawn_in_id') <> (to_jsonb(OLD) - 'withdrawn_in_id') THEN
        PERFORM campaigns_refuse('pledge_is_only_withdrawn');
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER pledge_law BEFORE UPDATE ON campaigns_pledge
FOR EACH ROW EXECUTE FUNCTION campaigns_pledge_law();
