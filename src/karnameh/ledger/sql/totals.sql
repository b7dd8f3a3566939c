-- Under which line of ancestors a unit's (axis 1) or a place's (axis 2) entries are folded.
CREATE TABLE ledger_home (
    axis smallint NOT NULL, node integer NOT NULL, line integer[] NOT NULL, PRIMARY KEY (axis, node)
);
CREATE INDEX ledger_home_line ON ledger_home USING gin (line);

-- view: 1 units as organised now, 2 units as it was then minus now, 3 and 4 the same for places.
-- scope: on the place axis the province-level unit whose work it is, so that a province's officer
-- reads his own part of a place; 0 on the unit axis.
-- grain: 0 a day, 1 a Jalali month (at = its first day).
CREATE TABLE ledger_total (
    view smallint NOT NULL, node integer NOT NULL, grain smallint NOT NULL, at date NOT NULL,
    indicator_id integer NOT NULL, stage smallint NOT NULL, bucket smallint NOT NULL,
    dimensions_id integer NOT NULL, scope integer NOT NULL,
    quantity numeric NOT NULL, rial numeric NOT NULL, entries bigint NOT NULL,
    at_least bigint NOT NULL, about bigint NOT NULL, at_most bigint NOT NULL, unknown bigint NOT NULL,
    open numeric NOT NULL, over numeric NOT NULL,
    PRIMARY KEY (view, node, grain, indicator_id, stage, at, bucket, dimensions_id, scope)
) WITH (fillfactor = 80);

-- On which days of a Jalali month a unit has live reports: bit 0 is the first day.
CREATE TABLE ledger_presence (
    month date NOT NULL, unit_id integer NOT NULL, days integer NOT NULL, PRIMARY KEY (month, unit_id)
);
