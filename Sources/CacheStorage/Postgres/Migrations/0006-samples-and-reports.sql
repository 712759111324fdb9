-- What the page for whoever runs a cache shows besides what there is now.

-- How much there was: for each stretch of so many seconds, the latest that is known.
CREATE TABLE niks3.samples (
    resolution bigint NOT NULL,
    stretch bigint NOT NULL,
    at bigint NOT NULL,
    objects bigint NOT NULL,
    bytes bigint NOT NULL,
    pending bigint NOT NULL,
    PRIMARY KEY (resolution, stretch)
);

-- What collections and checks came to, JSON objects.
CREATE TABLE niks3.reports (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind text NOT NULL,
    at bigint NOT NULL,
    text text NOT NULL
);
CREATE INDEX reports_kind ON niks3.reports (kind, id);
