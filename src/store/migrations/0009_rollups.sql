-- What an episode adds to the reports: facts of its decision of record, what people said of it, its
-- handoff, its outcome. One row an episode; nothing in it names a conversation, so an erasure
-- leaves it. Triggers keep it, in the transaction of whatever moves it.
--
-- Facts come first, then what they count for: every metric is a quotient of sums of the latter.
CREATE TABLE tallies (
    place           INTEGER PRIMARY KEY REFERENCES episodes (place),
    seq             INTEGER NOT NULL,
    hour_ms         INTEGER NOT NULL,
    intent          TEXT    NOT NULL,
    tier            INTEGER NOT NULL,
    role            TEXT    NOT NULL,
    band            TEXT    NOT NULL,
    channel         TEXT    NOT NULL,
    agent_group     TEXT    NOT NULL,
    product_area    TEXT    NOT NULL,
    confidence      REAL    NOT NULL,
    is_escalated    INTEGER NOT NULL,
    lacks_context   INTEGER NOT NULL,
    severity        TEXT,
    frustration     REAL,
    strikes         INTEGER,
    -- The latest word of an agent; and the label that precision is estimated from, with its weight
    -- in thousandths: an audit, else an agent's where it was sure that somebody would look.
    overruled       INTEGER,
    wrong           INTEGER,
    weight          INTEGER,
    -- The hand-over.
    handed_ms       INTEGER,
    is_urgent       INTEGER,
    withdrawn       INTEGER NOT NULL DEFAULT 0,
    acknowledged_ms INTEGER,
    -- The outcome, as far as it is known; it counts for the latest episode of a conversation.
    resolved_tier   INTEGER,
    resolved_ms     INTEGER,
    reopened_ms     INTEGER,
    csat            INTEGER,
    reassignments   INTEGER,
    bounced         INTEGER,
    retold          INTEGER,
    asked           INTEGER,
    picked_up_ms    INTEGER,
    breached        INTEGER,

    confidence_bin  TEXT AS (printf('%02d', min(19, CAST(confidence * 20 + 1e-5 AS INTEGER)))),
    taken_ms        INTEGER AS (coalesce(acknowledged_ms, picked_up_ms)),
    decisions        INTEGER AS (1),
    auto             INTEGER AS (band = 'auto'),
    suggest          INTEGER AS (band = 'suggest'),
    human            INTEGER AS (band = 'human'),
    -- Millionths.
    confidence_sum   INTEGER AS (CAST(round(confidence * 1e6) AS INTEGER)),
    escalated        INTEGER AS (is_escalated),
    reviewed         INTEGER AS (overruled IS NOT NULL),
    overridden       INTEGER AS (coalesce(overruled, 0)),
    -- Of the labels whose weight is known. Weights in thousandths, their squares too.
    labelled         INTEGER AS (wrong IS NOT NULL),
    label_weight     INTEGER AS (iif(wrong IS NULL, 0, weight)),
    label_right      INTEGER AS (iif(wrong = 0, weight, 0)),
    label_square     INTEGER AS (iif(wrong IS NULL, 0, weight * weight / 1000)),
    -- Weight times confidence, in millionths.
    label_confidence INTEGER AS (iif(wrong IS NULL, 0,
        CAST(round(weight * confidence * 1000) AS INTEGER))),
    -- Handed over and not withdrawn by a later turn before anybody came.
    handed           INTEGER AS (handed_ms IS NOT NULL AND (taken_ms IS NOT NULL OR NOT withdrawn)),
    lacking          INTEGER AS (handed AND lacks_context),
    taken            INTEGER AS (handed AND coalesce(taken_ms >= handed_ms, 0)),
    taken_in_time    INTEGER AS (taken AND taken_ms - handed_ms <= 1800000),
    urgent           INTEGER AS (handed AND coalesce(is_urgent, 0)),
    urgent_in_time   INTEGER AS (urgent AND taken_in_time),
    -- A day at most.
    delay_s          INTEGER AS (iif(taken, min(taken_ms - handed_ms, 86400000) / 1000, 0)),
    resolved         INTEGER AS (resolved_tier IS NOT NULL),
    deflected        INTEGER AS (coalesce(resolved_tier = 0, 0)),
    first_tier       INTEGER AS (coalesce(resolved_tier = tier
        AND NOT coalesce(reassignments > 0, 0) AND NOT coalesce(bounced, 0), 0)),
    -- Sent to people, and solved.
    staffed          INTEGER AS (resolved AND tier > 0),
    passed_on        INTEGER AS (staffed AND resolved_tier > tier),
    needless         INTEGER AS (staffed AND resolved_tier < tier),
    expert           INTEGER AS (coalesce(resolved_tier IN (2, 3), 0)),
    assigned         INTEGER AS (reassignments IS NOT NULL),
    reassigned       INTEGER AS (coalesce(reassignments > 0, 0)),
    -- Ten at most.
    changes          INTEGER AS (coalesce(min(reassignments, 10), 0)),
    bounce_known     INTEGER AS (bounced IS NOT NULL),
    bounced_back     INTEGER AS (coalesce(bounced, 0)),
    retold_known     INTEGER AS (retold IS NOT NULL),
    retold_again     INTEGER AS (coalesce(retold, 0)),
    asked_known      INTEGER AS (asked IS NOT NULL),
    asked_again      INTEGER AS (coalesce(asked, 0)),
    closed           INTEGER AS (resolved_ms IS NOT NULL),
    -- Within two days.
    reopened         INTEGER AS (coalesce(reopened_ms - resolved_ms BETWEEN 0 AND 172800000, 0)),
    rated            INTEGER AS (csat IS NOT NULL),
    satisfied        INTEGER AS (coalesce(csat >= 4, 0)),
    handed_rated     INTEGER AS (handed AND rated),
    handed_satisfied INTEGER AS (handed AND satisfied),
    -- Of what was handed over or escalated.
    sla_known        INTEGER AS (breached IS NOT NULL AND (handed OR is_escalated)),
    sla_breached     INTEGER AS (sla_known AND coalesce(breached, 0)),
    -- Any of the latter is known.
    followed         INTEGER AS (handed OR resolved OR assigned OR bounce_known OR retold_known
        OR asked_known OR closed OR rated OR sla_known)
) STRICT;

CREATE INDEX tallies_by_decision ON tallies (seq);
-- Examples of what tiers 2 and 3 solved.
CREATE INDEX tallies_solved_by_experts ON tallies (intent, hour_ms) WHERE resolved_tier IN (2, 3);

-- What the escalation risk is learnt from, and for whom.
CREATE INDEX tallies_resolved ON tallies (seq) WHERE resolved_tier IS NOT NULL;
CREATE INDEX tallies_open ON tallies (seq) WHERE resolved_tier IS NULL;

-- Sums over tallies, what reports read: one row for each value of a dimension and hour, and one
-- for each day (`grain_ms`), so that a long window reads few rows.
CREATE TABLE rollups (
    dimension TEXT    NOT NULL,
    grain_ms  INTEGER NOT NULL CHECK (grain_ms IN (3600000, 86400000)),
    begin_ms  INTEGER NOT NULL CHECK (begin_ms % grain_ms = 0),
    value     TEXT    NOT NULL,
    decisions        INTEGER NOT NULL,
    auto             INTEGER NOT NULL,
    suggest          INTEGER NOT NULL,
    human            INTEGER NOT NULL,
    confidence_sum   INTEGER NOT NULL,
    escalated        INTEGER NOT NULL,
    reviewed         INTEGER NOT NULL,
    overridden       INTEGER NOT NULL,
    labelled         INTEGER NOT NULL,
    label_weight     INTEGER NOT NULL,
    label_right      INTEGER NOT NULL,
    label_square     INTEGER NOT NULL,
    label_confidence INTEGER NOT NULL,
    PRIMARY KEY (dimension, grain_ms, begin_ms, value)
) STRICT, WITHOUT ROWID;

-- The same of what happened after the decision; for most nothing has.
CREATE TABLE rollups_after (
    dimension TEXT    NOT NULL,
    grain_ms  INTEGER NOT NULL CHECK (grain_ms IN (3600000, 86400000)),
    begin_ms  INTEGER NOT NULL CHECK (begin_ms % grain_ms = 0),
    value     TEXT    NOT NULL,
    handed           INTEGER NOT NULL,
    lacking          INTEGER NOT NULL,
    taken            INTEGER NOT NULL,
    taken_in_time    INTEGER NOT NULL,
    urgent           INTEGER NOT NULL,
    urgent_in_time   INTEGER NOT NULL,
    delay_s          INTEGER NOT NULL,
    resolved         INTEGER NOT NULL,
    deflected        INTEGER NOT NULL,
    first_tier       INTEGER NOT NULL,
    staffed          INTEGER NOT NULL,
    passed_on        INTEGER NOT NULL,
    needless         INTEGER NOT NULL,
    expert           INTEGER NOT NULL,
    assigned         INTEGER NOT NULL,
    reassigned       INTEGER NOT NULL,
    changes          INTEGER NOT NULL,
    bounce_known     INTEGER NOT NULL,
    bounced_back     INTEGER NOT NULL,
    retold_known     INTEGER NOT NULL,
    retold_again     INTEGER NOT NULL,
    asked_known      INTEGER NOT NULL,
    asked_again      INTEGER NOT NULL,
    closed           INTEGER NOT NULL,
    reopened         INTEGER NOT NULL,
    rated            INTEGER NOT NULL,
    satisfied        INTEGER NOT NULL,
    handed_rated     INTEGER NOT NULL,
    handed_satisfied INTEGER NOT NULL,
    sla_known        INTEGER NOT NULL,
    sla_breached     INTEGER NOT NULL,
    PRIMARY KEY (dimension, grain_ms, begin_ms, value)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER tallies_are_summed AFTER INSERT ON tallies
BEGIN
    INSERT INTO rollups (
        dimension, grain_ms, begin_ms, value,
        decisions, auto, suggest, human, confidence_sum, escalated, reviewed, overridden,
        labelled, label_weight, label_right, label_square, label_confidence
    )
    SELECT column1, grain, NEW.hour_ms - NEW.hour_ms % grain, column2,
        NEW.decisions, NEW.auto, NEW.suggest, NEW.human, NEW.confidence_sum, NEW.escalated,
        NEW.reviewed, NEW.overridden, NEW.labelled, NEW.label_weight, NEW.label_right,
        NEW.label_square, NEW.label_confidence
    FROM (VALUES
        ('all', ''), ('intent', NEW.intent), ('tier', CAST(NEW.tier AS TEXT)), ('role', NEW.role),
        ('band', NEW.band), ('channel', NEW.channel), ('group', NEW.agent_group), ('product_area',
        NEW.product_area), ('confidence', NEW.confidence_bin), ('auto_intent', iif(NEW.band =
        'auto', NEW.intent, NULL))
    ), (SELECT 3600000 AS grain UNION ALL SELECT 86400000)
    WHERE column2 IS NOT NULL
    ON CONFLICT (dimension, grain_ms, begin_ms, value) DO UPDATE SET
        decisions = decisions + excluded.decisions, auto = auto + excluded.auto, suggest = suggest
        + excluded.suggest, human = human + excluded.human, confidence_sum = confidence_sum +
        excluded.confidence_sum, escalated = escalated + excluded.escalated, reviewed = reviewed +
        excluded.reviewed, overridden = overridden + excluded.overridden, labelled = labelled +
        excluded.labelled, label_weight = label_weight + excluded.label_weight, label_right =
        label_right + excluded.label_right, label_square = label_square + excluded.label_square,
        label_confidence = label_confidence + excluded.label_confidence;
END;

CREATE TRIGGER tallies_are_summed_after AFTER INSERT ON tallies
WHEN NEW.followed
BEGIN
    INSERT INTO rollups_after (
        dimension, grain_ms, begin_ms, value,
        handed, lacking, taken, taken_in_time, urgent, urgent_in_time, delay_s, resolved,
        deflected, first_tier, staffed, passed_on, needless, expert, assigned, reassigned,
        changes, bounce_known, bounced_back, retold_known, retold_again, asked_known, asked_again,
        closed, reopened, rated, satisfied, handed_rated, handed_satisfied, sla_known,
        sla_breached
    )
    SELECT column1, grain, NEW.hour_ms - NEW.hour_ms % grain, column2,
        NEW.handed, NEW.lacking, NEW.taken, NEW.taken_in_time, NEW.urgent, NEW.urgent_in_time,
        NEW.delay_s, NEW.resolved, NEW.deflected, NEW.first_tier, NEW.staffed, NEW.passed_on,
        NEW.needless, NEW.expert, NEW.assigned, NEW.reassigned, NEW.changes, NEW.bounce_known,
        NEW.bounced_back, NEW.retold_known, NEW.retold_again, NEW.asked_known, NEW.asked_again,
        NEW.closed, NEW.reopened, NEW.rated, NEW.satisfied, NEW.handed_rated,
        NEW.handed_satisfied, NEW.sla_known, NEW.sla_breached
    FROM (VALUES
        ('all', ''), ('intent', NEW.intent), ('tier', CAST(NEW.tier AS TEXT)), ('role', NEW.role),
        ('band', NEW.band), ('channel', NEW.channel), ('group', NEW.agent_group), ('product_area',
        NEW.product_area), ('confidence', NEW.confidence_bin), ('auto_intent', iif(NEW.band =
        'auto', NEW.intent, NULL))
    ), (SELECT 3600000 AS grain UNION ALL SELECT 86400000)
    WHERE column2 IS NOT NULL
    ON CONFLICT (dimension, grain_ms, begin_ms, value) DO UPDATE SET
        handed = handed + excluded.handed, lacking = lacking + excluded.lacking, taken = taken +
        excluded.taken, taken_in_time = taken_in_time + excluded.taken_in_time, urgent = urgent +
        excluded.urgent, urgent_in_time = urgent_in_time + excluded.urgent_in_time, delay_s =
        delay_s + excluded.delay_s, resolved = resolved + excluded.resolved, deflected = deflected
        + excluded.deflected, first_tier = first_tier + excluded.first_tier, staffed = staffed +
        excluded.staffed, passed_on = passed_on + excluded.passed_on, needless = needless +
        excluded.needless, expert = expert + excluded.expert, assigned = assigned +
        excluded.assigned, reassigned = reassigned + excluded.reassigned, changes = changes +
        excluded.changes, bounce_known = bounce_known + excluded.bounce_known, bounced_back =
        bounced_back + excluded.bounced_back, retold_known = retold_known + excluded.retold_known,
        retold_again = retold_again + excluded.retold_again, asked_known = asked_known +
        excluded.asked_known, asked_again = asked_again + excluded.asked_again, closed = closed +
        excluded.closed, reopened = reopened + excluded.reopened, rated = rated + excluded.rated,
        satisfied = satisfied + excluded.satisfied, handed_rated = handed_rated +
        excluded.handed_rated, handed_satisfied = handed_satisfied + excluded.handed_satisfied,
        sla_known = sla_known + excluded.sla_known, sla_breached = sla_breached +
        excluded.sla_breached;
END;

-- A key that stays gets the difference; else the old key loses what the new one gets.
CREATE TRIGGER tallies_are_moved AFTER UPDATE OF seq, overruled ON tallies
BEGIN
    INSERT INTO rollups (
        dimension, grain_ms, begin_ms, value,
        decisions, auto, suggest, human, confidence_sum, escalated, reviewed, overridden,
        labelled, label_weight, label_right, label_square, label_confidence
    )
    SELECT dimension, grain, begin_ms, value,
        gains * NEW.decisions - loses * OLD.decisions, gains * NEW.auto - loses * OLD.auto, gains
        * NEW.suggest - loses * OLD.suggest, gains * NEW.human - loses * OLD.human, gains *
        NEW.confidence_sum - loses * OLD.confidence_sum, gains * NEW.escalated - loses *
        OLD.escalated, gains * NEW.reviewed - loses * OLD.reviewed, gains * NEW.overridden - loses
        * OLD.overridden, gains * NEW.labelled - loses * OLD.labelled, gains * NEW.label_weight -
        loses * OLD.label_weight, gains * NEW.label_right - loses * OLD.label_right, gains *
        NEW.label_square - loses * OLD.label_square, gains * NEW.label_confidence - loses *
        OLD.label_confidence
    FROM (
        SELECT column1 AS dimension, grain, NEW.hour_ms - NEW.hour_ms % grain AS begin_ms,
            column2 AS value, 1 AS gains,
            NEW.hour_ms / grain = OLD.hour_ms / grain AND column2 IS column3 AS loses
        FROM (VALUES
            ('all', '', ''), ('intent', NEW.intent, OLD.intent), ('tier', CAST(NEW.tier AS TEXT),
            CAST(OLD.tier AS TEXT)), ('role', NEW.role, OLD.role), ('band', NEW.band, OLD.band),
            ('channel', NEW.channel, OLD.channel), ('group', NEW.agent_group, OLD.agent_group),
            ('product_area', NEW.product_area, OLD.product_area), ('confidence',
            NEW.confidence_bin, OLD.confidence_bin), ('auto_intent', iif(NEW.band = 'auto',
            NEW.intent, NULL), iif(OLD.band = 'auto', OLD.intent, NULL))
        ), (SELECT 3600000 AS grain UNION ALL SELECT 86400000)
        UNION ALL
        SELECT column1, grain, OLD.hour_ms - OLD.hour_ms % grain, column3, 0, 1
        FROM (VALUES
            ('all', '', ''), ('intent', NEW.intent, OLD.intent), ('tier', CAST(NEW.tier AS TEXT),
            CAST(OLD.tier AS TEXT)), ('role', NEW.role, OLD.role), ('band', NEW.band, OLD.band),
            ('channel', NEW.channel, OLD.channel), ('group', NEW.agent_group, OLD.agent_group),
            ('product_area', NEW.product_area, OLD.product_area), ('confidence',
            NEW.confidence_bin, OLD.confidence_bin), ('auto_intent', iif(NEW.band = 'auto',
            NEW.intent, NULL), iif(OLD.band = 'auto', OLD.intent, NULL))
        ), (SELECT 3600000 AS grain UNION ALL SELECT 86400000)
        WHERE NOT (NEW.hour_ms / grain = OLD.hour_ms / grain AND column2 IS column3)
    ) WHERE value IS NOT NULL
    ON CONFLICT (dimension, grain_ms, begin_ms, value) DO UPDATE SET
        decisions = decisions + excluded.decisions, auto = auto + excluded.auto, suggest = suggest
        + excluded.suggest, human = human + excluded.human, confidence_sum = confidence_sum +
        excluded.confidence_sum, escalated = escalated + excluded.escalated, reviewed = reviewed +
        excluded.reviewed, overridden = overridden + excluded.overridden, labelled = labelled +
        excluded.labelled, label_weight = label_weight + excluded.label_weight, label_right =
        label_right + excluded.label_right, label_square = label_square + excluded.label_square,
        label_confidence = label_confidence + excluded.label_confidence;
END;

CREATE TRIGGER tallies_are_moved_after
AFTER UPDATE OF seq, withdrawn, acknowledged_ms, resolved_tier ON tallies
WHEN OLD.followed OR NEW.followed
BEGIN
    INSERT INTO rollups_after (
        dimension, grain_ms, begin_ms, value,
        handed, lacking, taken, taken_in_time, urgent, urgent_in_time, delay_s, resolved,
        deflected, first_tier, staffed, passed_on, needless, expert, assigned, reassigned,
        changes, bounce_known, bounced_back, retold_known, retold_again, asked_known, asked_again,
        closed, reopened, rated, satisfied, handed_rated, handed_satisfied, sla_known,
        sla_breached
    )
    SELECT dimension, grain, begin_ms, value,
        gains * NEW.handed - loses * OLD.handed, gains * NEW.lacking - loses * OLD.lacking, gains
        * NEW.taken - loses * OLD.taken, gains * NEW.taken_in_time - loses * OLD.taken_in_time,
        gains * NEW.urgent - loses * OLD.urgent, gains * NEW.urgent_in_time - loses *
        OLD.urgent_in_time, gains * NEW.delay_s - loses * OLD.delay_s, gains * NEW.resolved -
        loses * OLD.resolved, gains * NEW.deflected - loses * OLD.deflected, gains *
        NEW.first_tier - loses * OLD.first_tier, gains * NEW.staffed - loses * OLD.staffed, gains
        * NEW.passed_on - loses * OLD.passed_on, gains * NEW.needless - loses * OLD.needless,
        gains * NEW.expert - loses * OLD.expert, gains * NEW.assigned - loses * OLD.assigned,
        gains * NEW.reassigned - loses * OLD.reassigned, gains * NEW.changes - loses *
        OLD.changes, gains * NEW.bounce_known - loses * OLD.bounce_known, gains * NEW.bounced_back
        - loses * OLD.bounced_back, gains * NEW.retold_known - loses * OLD.retold_known, gains *
        NEW.retold_again - loses * OLD.retold_again, gains * NEW.asked_known - loses *
        OLD.asked_known, gains * NEW.asked_again - loses * OLD.asked_again, gains * NEW.closed -
        loses * OLD.closed, gains * NEW.reopened - loses * OLD.reopened, gains * NEW.rated - loses
        * OLD.rated, gains * NEW.satisfied - loses * OLD.satisfied, gains * NEW.handed_rated -
        loses * OLD.handed_rated, gains * NEW.handed_satisfied - loses * OLD.handed_satisfied,
        gains * NEW.sla_known - loses * OLD.sla_known, gains * NEW.sla_breached - loses *
        OLD.sla_breached
    FROM (
        SELECT column1 AS dimension, grain, NEW.hour_ms - NEW.hour_ms % grain AS begin_ms,
            column2 AS value, 1 AS gains,
            NEW.hour_ms / grain = OLD.hour_ms / grain AND column2 IS column3 AS loses
        FROM (VALUES
            ('all', '', ''), ('intent', NEW.intent, OLD.intent), ('tier', CAST(NEW.tier AS TEXT),
            CAST(OLD.tier AS TEXT)), ('role', NEW.role, OLD.role), ('band', NEW.band, OLD.band),
            ('channel', NEW.channel, OLD.channel), ('group', NEW.agent_group, OLD.agent_group),
            ('product_area', NEW.product_area, OLD.product_area), ('confidence',
            NEW.confidence_bin, OLD.confidence_bin), ('auto_intent', iif(NEW.band = 'auto',
            NEW.intent, NULL), iif(OLD.band = 'auto', OLD.intent, NULL))
        ), (SELECT 3600000 AS grain UNION ALL SELECT 86400000)
        UNION ALL
        SELECT column1, grain, OLD.hour_ms - OLD.hour_ms % grain, column3, 0, 1
        FROM (VALUES
            ('all', '', ''), ('intent', NEW.intent, OLD.intent), ('tier', CAST(NEW.tier AS TEXT),
            CAST(OLD.tier AS TEXT)), ('role', NEW.role, OLD.role), ('band', NEW.band, OLD.band),
            ('channel', NEW.channel, OLD.channel), ('group', NEW.agent_group, OLD.agent_group),
            ('product_area', NEW.product_area, OLD.product_area), ('confidence',
            NEW.confidence_bin, OLD.confidence_bin), ('auto_intent', iif(NEW.band = 'auto',
            NEW.intent, NULL), iif(OLD.band = 'auto', OLD.intent, NULL))
        ), (SELECT 3600000 AS grain UNION ALL SELECT 86400000)
        WHERE NOT (NEW.hour_ms / grain = OLD.hour_ms / grain AND column2 IS column3)
    ) WHERE value IS NOT NULL
    ON CONFLICT (dimension, grain_ms, begin_ms, value) DO UPDATE SET
        handed = handed + excluded.handed, lacking = lacking + excluded.lacking, taken = taken +
        excluded.taken, taken_in_time = taken_in_time + excluded.taken_in_time, urgent = urgent +
        excluded.urgent, urgent_in_time = urgent_in_time + excluded.urgent_in_time, delay_s =
        delay_s + excluded.delay_s, resolved = resolved + excluded.resolved, deflected = deflected
        + excluded.deflected, first_tier = first_tier + excluded.first_tier, staffed = staffed +
        excluded.staffed, passed_on = passed_on + excluded.passed_on, needless = needless +
        excluded.needless, expert = expert + excluded.expert, assigned = assigned +
        excluded.assigned, reassigned = reassigned + excluded.reassigned, changes = changes +
        excluded.changes, bounce_known = bounce_known + excluded.bounce_known, bounced_back =
        bounced_back + excluded.bounced_back, retold_known = retold_known + excluded.retold_known,
        retold_again = retold_again + excluded.retold_again, asked_known = asked_known +
        excluded.asked_known, asked_again = asked_again + excluded.asked_again, closed = closed +
        excluded.closed, reopened = reopened + excluded.reopened, rated = rated + excluded.rated,
        satisfied = satisfied + excluded.satisfied, handed_rated = handed_rated +
        excluded.handed_rated, handed_satisfied = handed_satisfied + excluded.handed_satisfied,
        sla_known = sla_known + excluded.sla_known, sla_breached = sla_breached +
        excluded.sla_breached;
END;

CREATE TRIGGER tallies_are_never_deleted BEFORE DELETE ON tallies
BEGIN
    SELECT RAISE(ABORT, 'tallies stay to be counted');
END;

-- What a decision that can still be read says of itself.
CREATE VIEW decision_facts AS
SELECT d.seq, d.id, d.at_ms - d.at_ms % 3600000 AS hour_ms, coalesce(d.intent, '') AS intent,
    d.tier, d.role, d.band, coalesce(json_extract(d.payload, '$.origin.channel'), '') AS channel,
    coalesce(json_extract(d.payload, '$.origin.group'),
        json_extract(d.payload, '$.decision.queue'), '') AS agent_group,
    coalesce(json_extract(d.payload, '$.origin.product_area'), '') AS product_area, d.confidence,
    coalesce(json_type(d.payload, '$.decision.escalation') = 'object', 0) AS is_escalated,
    coalesce(json_array_length(d.payload, '$.packet.missing_context') > 0, 0) AS lacks_context,
    json_extract(d.payload, '$.decision.severity') AS severity,
    json_extract(d.payload, '$.prediction.sentiment.frustration') AS frustration,
    json_extract(d.payload, '$.decision.strikes.count') AS strikes
FROM decisions d;

-- What people say of a decision. Right and wrong are about tier and role, as confidence is.
CREATE VIEW decision_labels AS
SELECT d.seq, d.id,
    (SELECT r.verdict = 'overridden' FROM reviews r
        WHERE r.decision_id = d.id AND r.source = 'agent'
        ORDER BY r.at_ms DESC, r.reviewer LIMIT 1) AS overruled,
    (SELECT r.verdict = 'overridden'
            AND (coalesce(r.tier <> d.tier, 0) OR coalesce(r.role <> d.role, 0))
        FROM reviews r WHERE r.decision_id = d.id AND r.observed IS NOT NULL
        ORDER BY r.source = 'audit' DESC, r.at_ms DESC, r.reviewer LIMIT 1) AS wrong,
    (SELECT CAST(round(1000 / r.observed) AS INTEGER)
        FROM reviews r WHERE r.decision_id = d.id AND r.observed IS NOT NULL
        ORDER BY r.source = 'audit' DESC, r.at_ms DESC, r.reviewer LIMIT 1) AS weight
FROM decisions d;

-- What became of a conversation; nothing where the row cannot be read.
CREATE VIEW outcome_facts AS
SELECT conversation_id,
    json_extract(said, '$.resolved_tier') AS resolved_tier,
    CAST(unixepoch(json_extract(said, '$.resolved_at'), 'subsec') * 1000 AS INTEGER) AS resolved_ms,
    CAST(unixepoch(json_extract(said, '$.reopened_at'), 'subsec') * 1000 AS INTEGER) AS reopened_ms,
    json_extract(said, '$.csat') AS csat,
    json_extract(said, '$.reassignments') AS reassignments,
    json_extract(said, '$.bounced_back') AS bounced,
    json_extract(said, '$.repeat_explanation') AS retold,
    json_extract(said, '$.asked_again') AS asked,
    CAST(unixepoch(json_extract(said, '$.picked_up_at'), 'subsec') * 1000 AS INTEGER)
        AS picked_up_ms,
    json_extract(said, '$.sla_breached') AS breached
FROM (SELECT conversation_id, iif(json_valid(payload), payload, '{}') AS said FROM outcomes);

-- An episode begins: its first decision counts. What is known of the conversation goes with it.
CREATE TRIGGER episodes_are_tallied AFTER INSERT ON episodes
BEGIN
    UPDATE tallies SET resolved_tier = NULL, resolved_ms = NULL, reopened_ms = NULL, csat = NULL,
        reassignments = NULL, bounced = NULL, retold = NULL, asked = NULL, picked_up_ms = NULL,
        breached = NULL
    WHERE place = (SELECT place FROM episodes WHERE conversation_id = NEW.conversation_id
        AND episode < NEW.episode ORDER BY episode DESC LIMIT 1)
    AND EXISTS (SELECT 1 FROM outcomes WHERE conversation_id = NEW.conversation_id);

    INSERT INTO tallies (place, seq, hour_ms, intent, tier, role, band, channel, agent_group,
        product_area, confidence, is_escalated, lacks_context, severity, frustration, strikes,
        overruled, wrong, weight, handed_ms, is_urgent, resolved_tier, resolved_ms, reopened_ms,
        csat, reassignments, bounced, retold, asked, picked_up_ms, breached)
    SELECT NEW.place, f.seq, f.hour_ms, f.intent, f.tier, f.role, f.band, f.channel, f.agent_group,
        f.product_area, f.confidence, f.is_escalated, f.lacks_context, f.severity, f.frustration,
        f.strikes, l.overruled, l.wrong, l.weight, c.waiting_since_ms,
        c.waiting_severity IN ('high', 'critical'), o.resolved_tier,
        o.resolved_ms, o.reopened_ms, o.csat, o.reassignments, o.bounced, o.retold, o.asked,
        o.picked_up_ms, o.breached
    FROM decision_facts f JOIN decision_labels l ON l.seq = f.seq
    LEFT JOIN conversations c ON c.conversation_id = NEW.conversation_id
        AND c.waiting_since_ms IS NOT NULL
        AND coalesce(json_extract(c.memory, '$.episode'), 1) = NEW.episode
    LEFT JOIN outcome_facts o ON o.conversation_id = NEW.conversation_id
        AND NOT EXISTS (SELECT 1 FROM episodes WHERE conversation_id = NEW.conversation_id
            AND episode > NEW.episode)
    WHERE f.seq = NEW.seq;
END;

-- Another decision counts.
CREATE TRIGGER episodes_are_tallied_anew AFTER UPDATE OF seq ON episodes WHEN NEW.seq <> OLD.seq
BEGIN
    UPDATE tallies SET seq = f.seq, hour_ms = f.hour_ms, intent = f.intent, tier = f.tier,
        role = f.role, band = f.band, channel = f.channel, agent_group = f.agent_group,
        product_area = f.product_area, confidence = f.confidence, is_escalated = f.is_escalated,
        lacks_context = f.lacks_context, severity = f.severity, frustration = f.frustration,
        strikes = f.strikes, overruled = l.overruled, wrong = l.wrong, weight = l.weight
    FROM decision_facts f JOIN decision_labels l ON l.seq = f.seq
    WHERE tallies.place = NEW.place AND f.seq = NEW.seq;
END;

CREATE TRIGGER reviews_are_tallied AFTER INSERT ON reviews
BEGIN
    UPDATE tallies SET overruled = l.overruled, wrong = l.wrong, weight = l.weight
    FROM decision_labels l WHERE l.id = NEW.decision_id AND tallies.seq = l.seq;
END;

CREATE TRIGGER reviews_are_tallied_anew
AFTER UPDATE OF verdict, tier, role, at_ms, observed ON reviews
BEGIN
    UPDATE tallies SET overruled = l.overruled, wrong = l.wrong, weight = l.weight
    FROM decision_labels l WHERE l.id = NEW.decision_id AND tallies.seq = l.seq;
END;

-- A conversation waits for a person, or waits no longer; people's own acts are told apart below.
CREATE TRIGGER handoffs_are_tallied
AFTER UPDATE OF waiting_since_ms, waiting_severity ON conversations
WHEN NEW.waiting_since_ms IS NOT OLD.waiting_since_ms
    OR NEW.waiting_severity IS NOT OLD.waiting_severity
BEGIN
    UPDATE tallies SET withdrawn = NEW.waiting_since_ms IS NULL,
        handed_ms = coalesce(NEW.waiting_since_ms, handed_ms),
        is_urgent = coalesce(NEW.waiting_severity IN ('high', 'critical'), is_urgent)
    WHERE acknowledged_ms IS NULL AND place = (SELECT place FROM episodes
        WHERE conversation_id = NEW.conversation_id AND episode =
            coalesce(json_extract(iif(NEW.waiting_since_ms IS NULL, OLD.memory, NEW.memory),
                '$.episode'), 1));
END;

-- Whoever gives a conversation back has taken it before.
CREATE TRIGGER handoffs_are_taken AFTER INSERT ON conversation_events
BEGIN
    UPDATE tallies SET acknowledged_ms = NEW.at_ms
    WHERE acknowledged_ms IS NULL AND handed_ms IS NOT NULL AND place = (SELECT place FROM episodes
        WHERE conversation_id = NEW.conversation_id
        AND episode = NEW.episode - (NEW.kind = 'released'));
END;

CREATE TRIGGER outcomes_are_tallied AFTER INSERT ON outcomes
BEGIN
    UPDATE tallies SET (resolved_tier, resolved_ms, reopened_ms, csat, reassignments, bounced,
        retold, asked, picked_up_ms, breached) = (SELECT resolved_tier, resolved_ms, reopened_ms,
        csat, reassignments, bounced, retold, asked, picked_up_ms, breached
        FROM outcome_facts WHERE conversation_id = NEW.conversation_id)
    WHERE place = (SELECT place FROM episodes WHERE conversation_id = NEW.conversation_id
        ORDER BY episode DESC LIMIT 1);
END;

CREATE TRIGGER outcomes_are_tallied_anew AFTER UPDATE OF payload ON outcomes
WHEN NEW.payload <> OLD.payload
BEGIN
    UPDATE tallies SET (resolved_tier, resolved_ms, reopened_ms, csat, reassignments, bounced,
        retold, asked, picked_up_ms, breached) = (SELECT resolved_tier, resolved_ms, reopened_ms,
        csat, reassignments, bounced, retold, asked, picked_up_ms, breached
        FROM outcome_facts WHERE conversation_id = NEW.conversation_id)
    WHERE place = (SELECT place FROM episodes WHERE conversation_id = NEW.conversation_id
        ORDER BY episode DESC LIMIT 1);
END;

-- What is there already is counted now. Of what is erased only the facts of the row are known.
INSERT INTO tallies (place, seq, hour_ms, intent, tier, role, band, channel, agent_group,
    product_area, confidence, is_escalated, lacks_context, severity, frustration, strikes,
    overruled, wrong, weight, handed_ms, is_urgent, resolved_tier, resolved_ms, reopened_ms, csat,
    reassignments, bounced, retold, asked, picked_up_ms, breached)
SELECT e.place, f.seq, f.hour_ms, f.intent, f.tier, f.role, f.band, f.channel, f.agent_group,
    f.product_area, f.confidence, f.is_escalated, f.lacks_context, f.severity, f.frustration,
    f.strikes, l.overruled, l.wrong, l.weight, c.waiting_since_ms,
    c.waiting_severity IN ('high', 'critical'), o.resolved_tier,
    o.resolved_ms, o.reopened_ms, o.csat, o.reassignments, o.bounced, o.retold, o.asked,
    o.picked_up_ms, o.breached
FROM episodes e
JOIN decision_facts f ON f.seq = e.seq
JOIN decision_labels l ON l.seq = e.seq
LEFT JOIN conversations c ON c.conversation_id = e.conversation_id
    AND c.waiting_since_ms IS NOT NULL
    AND coalesce(json_extract(c.memory, '$.episode'), 1) = e.episode
LEFT JOIN outcome_facts o ON o.conversation_id = e.conversation_id
    AND NOT EXISTS (SELECT 1 FROM episodes later WHERE later.conversation_id = e.conversation_id
        AND later.episode > e.episode);

-- The hand-overs that people took. Of these only the decision's own time is known.
UPDATE tallies SET handed_ms = d.at_ms, acknowledged_ms = v.at_ms,
    is_urgent = json_extract(d.payload, '$.decision.severity') IN ('high', 'critical')
FROM episodes e JOIN decisions d ON d.seq = e.seq JOIN conversation_events v
    ON v.conversation_id = e.conversation_id AND v.episode - (v.kind = 'released') = e.episode
WHERE tallies.place = e.place AND tallies.handed_ms IS NULL AND d.action = 'hand_off';
