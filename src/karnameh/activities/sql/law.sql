-- The life of an activity, kept by the database itself: {moves} comes from rules.MOVES.

CREATE FUNCTION activities_may_move(from_state text, to_state text) RETURNS boolean
LANGUAGE sql IMMUTABLE AS $$
    SELECT (from_state, to_state) IN ({moves})
$$;

CREATE FUNCTION activities_state_law() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.state <> OLD.state AND NOT activities_may_move(OLD.state, NEW.state) THEN
        RAISE EXCEPTION '% cannot become %', OLD.state, NEW.state
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'activity_moves_along_its_life';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER state_law BEFORE UPDATE OF state ON activities_activity
FOR EACH ROW EXECUTE FUNCTION activities_state_law();

-- At the end of the transaction the last move says where the activity stands.
CREATE FUNCTION activities_move_law() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    stands text;
    said text;
BEGIN
    SELECT state INTO stands FROM activities_activity WHERE id = NEW.id;
    SELECT to_state INTO said FROM activities_move WHERE activity_id = NEW.id ORDER BY id DESC LIMIT 1;
    IF said IS DISTINCT FROM stands THEN
        RAISE EXCEPTION 'activity % is % without a move', NEW.id, stands
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'activity_moves_with_a_move';
    END IF;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER move_law AFTER UPDATE OF state ON activities_activity
DEFERRABLE INITIALLY DEFERRED
FOR EACH ROW WHEN (OLD.state IS DISTINCT FROM NEW.state) EXECUTE FUNCTION activities_move_law();

-- And a move says only what is so: nobody tells a story that did not happen.
CREATE FUNCTION activities_told_law() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    stands text;
BEGIN
    SELECT state INTO stands FROM activities_activity WHERE id = NEW.activity_id;
    IF NOT (NEW.from_state = '' OR activities_may_move(NEW.from_state, NEW.to_state))
       OR NOT EXISTS (SELECT FROM activities_move m
                       WHERE m.activity_id = NEW.activity_id AND m.id >= NEW.id AND m.to_state = stands) THEN
        RAISE EXCEPTION 'activity % did not move from % to %', NEW.activity_id, NEW.from_state, NEW.to_state
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'move_tells_what_happened';
    END IF;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER told_law AFTER INSERT ON activities_move
DEFERRABLE INITIALLY DEFERRED
FOR EACH ROW EXECUTE FUNCTION activities_told_law();

-- The days of a campaign lie in it, also when the campaign is moved.
CREATE FUNCTION activities_day_law() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    amiss boolean;
BEGIN
    IF TG_TABLE_NAME = 'activities_campaign' THEN
        SELECT EXISTS (SELECT FROM activities_campaignday d JOIN activities_campaign c ON c.id = d.campaign_id
                        WHERE c.id = NEW.id AND d."on" NOT BETWEEN c.starts_on AND c.ends_on) INTO amiss;
    ELSE
        SELECT EXISTS (SELECT FROM activities_campaignday d JOIN activities_campaign c ON c.id = d.campaign_id
                        WHERE d.id = NEW.id AND d."on" NOT BETWEEN c.starts_on AND c.ends_on) INTO amiss;
    END IF;
    IF amiss THEN
        RAISE EXCEPTION 'a day lies outside its campaign'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'campaign_day_lies_in_it';
    END IF;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER day_law AFTER INSERT OR UPDATE ON activities_campaignday
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION activities_day_law();

CREATE CONSTRAINT TRIGGER day_law AFTER UPDATE OF starts_on, ends_on ON activities_campaign
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION activities_day_law();

-- A numbered hall is one that the venue has.
CREATE FUNCTION activities_hall_law() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.hall > (SELECT halls FROM activities_venue WHERE id = NEW.venue_id) THEN
        RAISE EXCEPTION 'venue % has no hall %', NEW.venue_id, NEW.hall
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'occurrence_hall_is_there';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER hall_law BEFORE INSERT OR UPDATE OF hall, venue_id ON activities_occurrence
FOR EACH ROW WHEN (NEW.hall IS NOT NULL) EXECUTE FUNCTION activities_hall_law();
