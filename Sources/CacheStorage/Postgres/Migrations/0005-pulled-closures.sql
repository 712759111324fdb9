-- What was fetched from other caches.

-- Fetched from another cache, and not pushed.
ALTER TABLE niks3.uploads ADD COLUMN pulled boolean NOT NULL DEFAULT false;

-- Never pushed: what it refers to may not be here.
ALTER TABLE niks3.closures ADD COLUMN pulled boolean NOT NULL DEFAULT false;
