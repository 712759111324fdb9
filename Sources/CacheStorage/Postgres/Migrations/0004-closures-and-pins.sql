-- What closures are called, and what pins keep beside their closures.

-- Of its top, once somebody has seen the narinfo.
ALTER TABLE niks3.closures ADD COLUMN store_path text;

-- Closures that a pin named before, and keeps.
CREATE TABLE niks3.kept_values (
    pin text COLLATE "C" NOT NULL REFERENCES niks3.pins (name) ON DELETE CASCADE,
    closure_id bigint NOT NULL REFERENCES niks3.closures (id),
    store_path text NOT NULL,
    -- when the name was last given to it
    set_at bigint NOT NULL,
    PRIMARY KEY (pin, closure_id)
);
CREATE INDEX kept_values_closure ON niks3.kept_values (closure_id);

-- Each closure that a pin keeps, until when, and by which name.
CREATE VIEW niks3.pinned (closure_id, expires_at, name) AS
    SELECT closure_id, expires_at, name FROM niks3.pins
    UNION ALL
    SELECT v.closure_id, p.expires_at, p.name FROM niks3.kept_values AS v JOIN niks3.pins AS p ON p.name = v.pin;
