-- The life of a published figure, whoever writes the row: see figures/rules.py for the same steps.
CREATE FUNCTION insight_figure_digest(f insight_figure) RETURNS text LANGUAGE sql STABLE
SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT encode(sha256(convert_to(array_to_string(ARRAY[
        f.code, f.salt,
        (SELECT code FROM org_orgunit WHERE id = f.unit_id),
        coalesce((SELECT code FROM org_place WHERE id = f.place_id), ''),
        (SELECT code FROM catalog_indicator WHERE id = f.indicator_id),
        f.stage::text, f.bucket::text, coalesce(to_char(f.starts_on, 'YYYY-MM-DD'), ''),
        coalesce(to_char(f.ends_on, 'YYYY-MM-DD'), ''),
        coalesce((SELECT code FROM activities_campaign WHERE id = f.campaign_id), ''),
        f.sentence_fa, f.sentence_en, f.method_fa, f.method_en,
        coalesce(to_char(f.as_of AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), ''),
        coalesce(f.moment::text, ''), coalesce(trim_scale(f.value)::text, ''), f.qualifier::text,
        coalesce((SELECT encode(root, 'hex') FROM ledger_head WHERE number = f.head_id), ''),
        coalesce(to_char(f.embargo_until AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), ''),
        coalesce((SELECT code FROM insight_figure WHERE id = f.supersedes_id), ''), f.reason
    ], E'\x1f'), 'UTF8')), 'hex')
$$;

CREATE FUNCTION insight_figure_refuse(rule text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'refused: %', rule USING ERRCODE = 'restrict_violation', CONSTRAINT = rule;
END $$;

CREATE FUNCTION insight_figure_law() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    closing text[] := ARRAY['state', 'closed_by_id', 'closed_at', 'closed_reason'];
BEGIN
    NEW.digest := insight_figure_digest(NEW);
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'draft' OR NEW.approved_by_id IS NOT NULL OR NEW.published_at IS NOT NULL THEN
            PERFORM insight_figure_refuse('figure_begins_as_a_draft');
        END IF;
        IF NOT NEW.author_id = ANY(NEW.authors) OR NOT NEW.edited_by_id = ANY(NEW.authors) THEN
            PERFORM insight_figure_refuse('figure_knows_its_authors');
        END IF;
        RETURN NEW;
    END IF;
    IF NEW.code <> OLD.code OR NEW.author_id <> OLD.author_id OR NEW.created_at <> OLD.created_at THEN
        PERFORM insight_figure_refuse('figure_keeps_its_code_and_author');
    END IF;
    IF OLD.published_at IS NOT NULL OR OLD.state IN ('superseded', 'withdrawn') THEN
        IF to_jsonb(NEW) - closing IS DISTINCT FROM to_jsonb(OLD) - closing THEN
            PERFORM insight_figure_refuse('figure_published_never_changes');
        END IF;
        IF OLD.state <> 'published' OR NEW.state NOT IN ('superseded', 'withdrawn') THEN
            PERFORM insight_figure_refuse('figure_step');
        END IF;
        IF NEW.state = 'superseded' AND NOT EXISTS (
            SELECT FROM insight_figure n WHERE n.supersedes_id = NEW.id AND n.published_at IS NOT NULL) THEN
            PERFORM insight_figure_refuse('figure_superseded_has_a_successor');
        END IF;
        RETURN NEW;
    END IF;
    IF NOT NEW.authors @> OLD.authors OR NOT NEW.edited_by_id = ANY(NEW.authors) THEN
        PERFORM insight_figure_refuse('figure_knows_its_authors');
    END IF;
    IF NEW.digest <> OLD.digest THEN  -- any edit clears what was said about the figure before
        NEW.state := 'draft';
        NEW.proposed_by_id := NULL; NEW.proposed_at := NULL;
        NEW.approved_by_id := NULL; NEW.approved_at := NULL; NEW.approved_digest := '';
    END IF;
    IF NEW.state <> OLD.state AND NEW.digest = OLD.digest
       AND (OLD.state, NEW.state) NOT IN (
           ('draft', 'proposed'), ('draft', 'withdrawn'), ('proposed', 'draft'), ('proposed', 'approved'),
           ('proposed', 'withdrawn'), ('approved', 'draft'), ('approved', 'published'), ('approved', 'withdrawn')) THEN
        PERFORM insight_figure_refuse('figure_step');
    END IF;
    IF NEW.state = 'draft' AND NEW.approved_by_id IS NOT NULL
       OR NEW.state = 'proposed' AND (NEW.approved_by_id IS NOT NULL OR NEW.proposed_by_id IS NULL) THEN
        PERFORM insight_figure_refuse('figure_step');
    END IF;
    IF NEW.state IN ('approved', 'published') THEN
        IF NEW.approved_by_id IS NULL OR NEW.approved_by_id = ANY(NEW.authors)
           OR NEW.approved_by_id = NEW.proposed_by_id THEN
            PERFORM insight_figure_refuse('figure_approved_by_another');
        END IF;
        IF OLD.state = 'approved' AND NEW.approved_by_id <> OLD.approved_by_id THEN
            PERFORM insight_figure_refuse('figure_step');
        END IF;
        IF NEW.approved_digest <> NEW.digest THEN
            PERFORM insight_figure_refuse('figure_approval_is_of_this_content');
        END IF;
    END IF;
    IF (NEW.published_at IS NOT NULL OR NEW.shown IS NOT NULL) AND NEW.state <> 'published' THEN
        PERFORM insight_figure_refuse('figure_step');
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER law BEFORE INSERT OR UPDATE ON insight_figure FOR EACH ROW EXECUTE FUNCTION insight_figure_law();
