-- Objects, uploads, claims and closures.
--
-- Instants are microseconds since 1970. States are the raw values of ObjectState and UploadState:
-- of objects 0 uploading, 1 live, 2 condemned, 3 deleting; of uploads 0 open, 1 publishing, 2 completed, 3 dropped.

-- The one source of time.
CREATE FUNCTION niks3.clock() RETURNS bigint
    LANGUAGE sql VOLATILE
    AS $$ SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint $$;

-- Numbers are taken for objects only that are certainly absent, so that they stay dense.
CREATE SEQUENCE niks3.object_ids;

CREATE TABLE niks3.objects (
    id bigint PRIMARY KEY,
    key text COLLATE "C" NOT NULL UNIQUE,
    state smallint NOT NULL CHECK (state BETWEEN 0 AND 3),
    -- a client said that it uploaded the object
    registered boolean NOT NULL DEFAULT false,
    -- bytes as stored, once they were seen
    size bigint,
    condemned_at bigint,
    writable_until bigint NOT NULL DEFAULT 0,
    busy_until bigint NOT NULL DEFAULT 0,
    -- ids of objects
    refs bigint[] NOT NULL DEFAULT '{}',
    CHECK ((state = 2) = (condemned_at IS NOT NULL))
);
CREATE INDEX objects_not_live ON niks3.objects (state, id) WHERE state <> 1;

CREATE TABLE niks3.uploads (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    state smallint NOT NULL CHECK (state BETWEEN 0 AND 3),
    started_at bigint NOT NULL,
    -- keys
    roots text[] NOT NULL,
    external text[] NOT NULL
);
CREATE INDEX uploads_state ON niks3.uploads (state, id);

-- Foreign keys would be checked claim by claim, which takes longer than inserting it: whoever inserts one has locked the
-- upload and the object, and whoever deletes those has looked for claims.
CREATE TABLE niks3.claims (
    upload_id bigint NOT NULL,
    object_id bigint NOT NULL,
    -- false: reached by the walk, or a root that was there already
    listed boolean NOT NULL,
    -- decided: the server has to write it
    publish boolean NOT NULL DEFAULT false,
    -- decided: the roots keep it although no reference reaches it
    extra boolean NOT NULL DEFAULT false,
    nar_size bigint,
    -- declared keys, separated by spaces
    refs text NOT NULL DEFAULT '',
    PRIMARY KEY (upload_id, object_id)
);
CREATE INDEX claims_object ON niks3.claims (object_id);
CREATE INDEX claims_publish ON niks3.claims (object_id) WHERE publish;

-- A text goes with its claim.
CREATE TABLE niks3.texts (
    upload_id bigint NOT NULL,
    object_id bigint NOT NULL,
    bytes bytea NOT NULL,
    refs text NOT NULL,
    nar_key text,
    -- read from staging, where a better one may yet arrive
    staged boolean NOT NULL,
    PRIMARY KEY (upload_id, object_id)
);
CREATE INDEX texts_object ON niks3.texts (object_id);

-- A row stays until the multipart upload is certainly gone, which may be after its object.
CREATE TABLE niks3.multiparts (
    key text COLLATE "C" NOT NULL,
    store_id text COLLATE "C" NOT NULL,
    upload_id bigint NOT NULL REFERENCES niks3.uploads (id),
    object_id bigint NOT NULL,
    abandoned boolean NOT NULL DEFAULT false,
    PRIMARY KEY (key, store_id)
);
CREATE INDEX multiparts_upload ON niks3.multiparts (upload_id);

CREATE TABLE niks3.closures (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    key text COLLATE "C" NOT NULL UNIQUE,
    object_id bigint NOT NULL UNIQUE REFERENCES niks3.objects (id),
    updated_at bigint NOT NULL
);
CREATE INDEX closures_updated_at ON niks3.closures (updated_at);

CREATE TABLE niks3.extras (
    closure_id bigint NOT NULL REFERENCES niks3.closures (id) ON DELETE CASCADE,
    object_id bigint NOT NULL REFERENCES niks3.objects (id),
    PRIMARY KEY (closure_id, object_id)
);
CREATE INDEX extras_object ON niks3.extras (object_id);

CREATE TABLE niks3.pins (
    name text COLLATE "C" PRIMARY KEY,
    closure_id bigint NOT NULL REFERENCES niks3.closures (id),
    store_path text NOT NULL,
    created_at bigint NOT NULL,
    updated_at bigint NOT NULL,
    expires_at bigint
);
CREATE INDEX pins_closure ON niks3.pins (closure_id);

-- The one collection that runs, or the last one.
CREATE TABLE niks3.run (
    one smallint PRIMARY KEY CHECK (one = 1),
    id bigint NOT NULL,
    phase text,
    parameters jsonb NOT NULL,
    counts jsonb NOT NULL,
    started_at bigint,
    heartbeat bigint NOT NULL,
    finished_at bigint,
    error text,
    collecting boolean NOT NULL
);
INSERT INTO niks3.run (one, id, parameters, counts, heartbeat, finished_at, collecting)
VALUES (1, 0, '{}', '{}', 0, 0, false);

-- Differences, appended by each transaction; the sum is the truth.
CREATE TABLE niks3.statistics (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    objects bigint NOT NULL,
    bytes bigint NOT NULL
);
