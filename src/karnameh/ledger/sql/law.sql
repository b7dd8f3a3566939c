-- The law over a batch of fresh entries, checked once a statement, whoever inserts them.
-- Each refusal carries the rule's name as its constraint; the site finds the sentence by it.
CREATE OR REPLACE FUNCTION ledger_refuse(rule text, entry uuid) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'entry % is refused: %', entry, rule
        USING ERRCODE = 'check_violation', CONSTRAINT = rule, TABLE = 'ledger_entry';
END $$;

CREATE OR REPLACE FUNCTION ledger_now() RETURNS bigint LANGUAGE sql STABLE AS $$
    SELECT pg_current_xact_id()::text::bigint + "offset" FROM public.ledger_epoch
$$;

-- A promise and all that it replaced: what fulfilled those fulfils it.
CREATE OR REPLACE FUNCTION ledger_ancestry(entry uuid) RETURNS uuid[] LANGUAGE sql STABLE AS $$
    WITH RECURSIVE line (id) AS (
        SELECT entry UNION SELECT e.corrects_id FROM line JOIN public.ledger_entry e ON e.id = line.id
         WHERE e.corrects_id IS NOT NULL AND e.kind <> 1)
    SELECT array_agg(id) FROM line
$$;

CREATE OR REPLACE FUNCTION ledger_law() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
-- pg_temp last: the site's role may make temporary tables, and must not be able to deceive the law.
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    bad record;
    seen record;
    size bigint := (SELECT count(*) FROM fresh);
    present bigint := public.ledger_now();
BEGIN
    IF present < (SELECT folded_to FROM ledger_foldstate) THEN
        -- A dump was loaded by hand: its transactions count from the beginning again.
        PERFORM ledger_refuse('entry_clock_went_back', NULL);
    END IF;

    -- Is anything wrong with them at all? One pass, for nearly always nothing is. The server plans a
    -- statement for the first batch that it sees and keeps the plan: each size of batch has its own.
    IF size <= 50 THEN {gate}
    ELSIF size <= 1000 THEN {gate}
    ELSIF size <= 10000 THEN {gate}
    ELSE {gate}
    END IF;

    IF seen.wrong THEN  -- by which rule?
        SELECT id INTO bad FROM fresh WHERE clock <> present LIMIT 1;
        IF FOUND THEN PERFORM ledger_refuse('entry_clock_is_the_transaction', bad.id); END IF;

        SELECT f.id INTO bad FROM fresh f
          LEFT JOIN org_unitplacement up ON up.id = f.unit_placement_id AND up.node_id = f.unit_id
          LEFT JOIN org_placeplacement pp ON pp.id = f.place_placement_id AND pp.node_id = f.place_id
          LEFT JOIN catalog_indicator i ON i.id = f.indicator_id
          LEFT JOIN catalog_dimensionset d ON d.id = f.dimensions_id
          LEFT JOIN catalog_item t ON t.id = f.item_id
          LEFT JOIN people_user u ON u.id = f.posted_by_id
         WHERE up.id IS NULL OR pp.id IS NULL OR i.id IS NULL OR d.id IS NULL OR u.id IS NULL
            OR (f.item_id IS NOT NULL AND t.id IS NULL) LIMIT 1;
        IF FOUND THEN PERFORM ledger_refuse('entry_refers_to_nothing', bad.id); END IF;

        SELECT f.id INTO bad FROM fresh f JOIN org_orgunit u ON u.id = f.unit_id
         WHERE f.kind = 0 AND f.ends_on > u.closed_on LIMIT 1;
        IF FOUND THEN PERFORM ledger_refuse('entry_unit_is_closed', bad.id); END IF;

        SELECT f.id INTO bad FROM fresh f JOIN catalog_indicator i ON i.id = f.indicator_id
         WHERE f.kind = 0 AND f.ends_on > i.retired_on LIMIT 1;
        IF FOUND THEN PERFORM ledger_refuse('entry_indicator_is_retired', bad.id); END IF;
    END IF;

    IF seen.activities THEN
        SELECT f.id INTO bad FROM fresh f LEFT JOIN activities_activity a ON a.id = f.activity_id
         WHERE f.activity_id IS NOT NULL AND f.kind = 0 AND (a.id IS NULL
            OR (f.stage = 1 AND a.state NOT IN ({pledge_states}))
            OR (f.stage = 2 AND (a.state NOT IN ({result_states}) OR f.ends_on < a.starts_on))) LIMIT 1;
        IF FOUND THEN PERFORM ledger_refuse('entry_activity_does_not_take_it', bad.id); END IF;
    END IF;

    IF seen.links THEN
        -- Two people at one entry: the second waits here, then sees what the first has done.
        PERFORM pg_advisory_xact_lock(4021, slot) FROM (
            SELECT DISTINCT abs(hashtext(link::text)) % 1024 AS slot FROM fresh,
                LATERAL (VALUES (verifies_id), (corrects_id), (fulfils_id), (part_of_id)) AS l (link)
             WHERE link IS NOT NULL ORDER BY 1) AS slots;

        SELECT f.id INTO bad FROM fresh f LEFT JOIN ledger_entry r ON r.id = f.verifies_id
         WHERE f.verifies_id IS NOT NULL AND f.kind <> 1 AND (r.id IS NULL OR r.stage <> 2 OR r.kind = 1
            OR r.indicator_id <> f.indicator_id OR r.unit_id <> f.unit_id
            OR (r.dimensions_id, r.coverage, r.role) <> (f.dimensions_id, f.coverage, f.role)
            OR r.part_of_id IS DISTINCT FROM f.part_of_id
            OR EXISTS (SELECT FROM ledger_entry x WHERE x.corrects_id = r.id AND x.kind = 1)) LIMIT 1;
        IF FOUND THEN PERFORM ledger_refuse('entry_verifies_a_live_report', bad.id); END IF;
        SELECT f.id INTO bad FROM fresh f JOIN ledger_entry r ON r.id = f.verifies_id
         WHERE f.kind <> 1 AND r.posted_by_id = f.posted_by_id LIMIT 1;
        IF FOUND THEN PERFORM ledger_refuse('entry_not_verified_by_its_reporter', bad.id); END IF;
        SELECT f.id INTO bad FROM fresh f JOIN ledger_entry v ON v.verifies_id = f.verifies_id
         WHERE f.kind <> 1 AND v.kind <> 1 AND v.id <> f.id
           AND NOT EXISTS (SELECT FROM ledger_entry x WHERE x.corrects_id = v.id AND x.kind = 1) LIMIT 1;
        IF FOUND THEN PERFORM ledger_refuse('entry_verified_once', bad.id); END IF;

        SELECT f.id INTO bad FROM fresh f LEFT JOIN ledger_entry o ON o.id = f.corrects_id
         WHERE f.corrects_id IS NOT NULL AND (o.id IS NULL OR o.kind = 1
            OR (f.kind = 1 AND (o.indicator_id, o.stage, o.unit_id, o.unit_placement_id, o.place_id,
                    o.place_placement_id, o.starts_on, o.ends_on, o.dimensions_id, o.coverage, o.role, o.qualifier)
                IS DISTINCT FROM (f.indicator_id, f.stage, f.unit_id, f.unit_placement_id, f.place_id,
                    f.place_placement_id, f.starts_on, f.ends_on, f.dimensions_id, f.coverage, f.role, f.qualifier))
            OR (f.kind = 1 AND (o.quantity IS DISTINCT FROM -f.quantity OR o.rial IS DISTINCT FROM -f.rial
                OR o.activity_id IS DISTINCT FROM f.activity_id OR o.item_id IS DISTINCT FROM f.item_id
                OR o.part_of_id IS DISTINCT FROM f.part_of_id OR o.fulfils_id IS DISTINCT FROM f.fulfils_id
                OR o.verifies_id IS DISTINCT FROM f.verifies_id))) LIMIT 1;
        IF FOUND THEN PERFORM ledger_refuse('entry_reversal_mirrors_its_entry', bad.id); END IF;

        SELECT f.id INTO bad FROM fresh f LEFT JOIN ledger_entry p ON p.id = f.fulfils_id
         WHERE f.fulfils_id IS NOT NULL AND f.kind <> 1
           AND (p.id IS NULL OR p.stage <> 1 OR p.kind = 1 OR p.indicator_id <> f.indicator_id) LIMIT 1;
        IF FOUND THEN PERFORM ledger_refuse('entry_fulfils_a_promise', bad.id); END IF;

        -- A check of a part is a part of the same total as the report it checks.
        SELECT f.id INTO bad FROM fresh f LEFT JOIN ledger_entry w ON w.id = f.part_of_id
         WHERE f.part_of_id IS NOT NULL AND f.kind <> 1 AND (w.id IS NULL OR w.kind = 1 OR w.dimensions_id <> 1
            OR w.stage <> least(f.stage, 2) OR (w.indicator_id, w.unit_id) <> (f.indicator_id, f.unit_id)
            OR (f.quantity IS NOT NULL AND ((w.starts_on, w.ends_on, w.place_id, w.coverage, w.role)
                    <> (f.starts_on, f.ends_on, f.place_id, f.coverage, f.role)
                OR w.activity_id IS DISTINCT FROM f.activity_id))
            OR EXISTS (SELECT FROM ledger_entry x WHERE x.corrects_id = w.id AND x.kind = 1)) LIMIT 1;
        IF FOUND THEN PERFORM ledger_refuse('entry_part_fits_its_total', bad.id); END IF;
        SELECT min(w.id::text)::uuid AS id INTO bad
          FROM ledger_entry p JOIN catalog_dimensionset d ON d.id = p.dimensions_id
          JOIN ledger_entry w ON w.id = p.part_of_id
         WHERE p.part_of_id IN (SELECT part_of_id FROM fresh WHERE part_of_id IS NOT NULL) AND p.stage = w.stage
         GROUP BY w.id, w.quantity, d.cut HAVING sum(p.quantity) > w.quantity LIMIT 1;
        IF FOUND THEN PERFORM ledger_refuse('entry_parts_exceed_their_total', bad.id); END IF;

        SELECT f.id INTO bad FROM fresh f JOIN ledger_entry v ON v.verifies_id = f.corrects_id
         WHERE f.kind = 1 AND v.kind <> 1
           AND NOT EXISTS (SELECT FROM ledger_entry x WHERE x.corrects_id = v.id AND x.kind = 1) LIMIT 1;
        IF FOUND THEN PERFORM ledger_refuse('entry_reversal_leaves_nothing_hanging', bad.id); END IF;
        SELECT f.id INTO bad FROM fresh f JOIN ledger_entry v ON v.part_of_id = f.corrects_id
         WHERE f.kind = 1 AND v.kind <> 1
           AND NOT EXISTS (SELECT FROM ledger_entry x WHERE x.corrects_id = v.id AND x.kind = 1) LIMIT 1;
        IF FOUND THEN PERFORM ledger_refuse('entry_reversal_leaves_nothing_hanging', bad.id); END IF;
    END IF;
    PERFORM pg_notify('karnameh', 'posted');
    RETURN NULL;
END $$;
