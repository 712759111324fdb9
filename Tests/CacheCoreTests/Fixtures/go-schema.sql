-- The tables of a niks3 server written in Go, as its newer versions lay them out. Times without a zone are in UTC.
CREATE TABLE public.goose_db_version (
    id serial PRIMARY KEY,
    version_id bigint NOT NULL,
    is_applied boolean NOT NULL,
    tstamp timestamp NOT NULL DEFAULT now()
);
CREATE TABLE public.closures (
    key varchar(1024) PRIMARY KEY,
    updated_at timestamp NOT NULL
);
CREATE TABLE public.objects (
    key varchar(1024) PRIMARY KEY,
    refs varchar(1024)[] NOT NULL DEFAULT '{}',
    deleted_at timestamp,
    size bigint
);
CREATE TABLE public.pending_closures (
    id bigserial PRIMARY KEY,
    key varchar(1024) NOT NULL,
    started_at timestamp NOT NULL,
    roots varchar(1024)[]
);
CREATE TABLE public.pending_objects (
    pending_closure_id bigint NOT NULL REFERENCES public.pending_closures (id) ON DELETE CASCADE,
    key varchar(1024) NOT NULL,
    refs varchar(1024)[] NOT NULL DEFAULT '{}',
    size bigint,
    PRIMARY KEY (pending_closure_id, key)
);
CREATE TABLE public.multipart_uploads (
    pending_closure_id bigint NOT NULL REFERENCES public.pending_closures (id) ON DELETE CASCADE,
    object_key varchar(1024) NOT NULL,
    upload_id varchar(1024) NOT NULL
);
CREATE TABLE public.pins (
    name varchar(256) PRIMARY KEY,
    narinfo_key varchar(1024) NOT NULL,
    store_path varchar(1024) NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);
CREATE TABLE public.object_stats (
    id smallint PRIMARY KEY,
    objects bigint NOT NULL,
    bytes bigint NOT NULL
);
