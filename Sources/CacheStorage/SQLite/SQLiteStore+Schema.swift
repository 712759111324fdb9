import CacheCore
import GRDB

extension SQLiteStore {
    /// The steps from an empty database to the present schema. A released step never changes.
    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1 objects, uploads, closures") { database in
            try database.execute(sql: firstSchema)
        }
        migrator.registerMigration("2 leads of build farms") { database in
            try database.execute(
                sql: """
                    CREATE TABLE farm_leads (
                        farm TEXT PRIMARY KEY,
                        holder TEXT NOT NULL,
                        expires_at INTEGER NOT NULL,
                        leads_from INTEGER NOT NULL
                    ) STRICT, WITHOUT ROWID;
                    """)
        }
        migrator.registerMigration("3 collections") { database in
            try database.execute(sql: collectionSchema)
        }
        migrator.registerMigration("4 names of closures, kept values of pins") { database in
            try database.execute(sql: pinSchema)
        }
        migrator.registerMigration("5 closures from other caches") { database in
            try database.execute(sql: pullSchema)
        }
        migrator.registerMigration("6 samples, reports") { database in
            try database.execute(sql: consoleSchema)
        }
        return migrator
    }

    /// Instants are microseconds since 1970; states are the raw values of ``ObjectState`` and ``UploadState``.
    private static let firstSchema = """
        CREATE TABLE objects (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            key TEXT NOT NULL UNIQUE,
            state INTEGER NOT NULL CHECK (state BETWEEN 0 AND 3),
            -- bytes as stored, once they were seen
            size INTEGER,
            -- ids of objects, a JSON list
            refs TEXT NOT NULL DEFAULT '[]',
            -- a client said that it uploaded the object
            registered INTEGER NOT NULL DEFAULT 0 CHECK (registered IN (0, 1)),
            condemned_at INTEGER,
            writable_until INTEGER NOT NULL DEFAULT 0,
            busy_until INTEGER NOT NULL DEFAULT 0,
            CHECK ((state = 2) = (condemned_at IS NOT NULL))
        ) STRICT;
        CREATE INDEX objects_not_live ON objects (state) WHERE state <> 1;

        CREATE TABLE uploads (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            state INTEGER NOT NULL CHECK (state BETWEEN 0 AND 3),
            started_at INTEGER NOT NULL,
            -- keys, JSON lists
            roots TEXT NOT NULL,
            external TEXT NOT NULL
        ) STRICT;
        CREATE INDEX uploads_state ON uploads (state);

        CREATE TABLE claims (
            upload_id INTEGER NOT NULL REFERENCES uploads (id),
            object_id INTEGER NOT NULL REFERENCES objects (id),
            -- 0: reached by the walk, or a root that was there already
            listed INTEGER NOT NULL CHECK (listed IN (0, 1)),
            nar_size INTEGER,
            -- declared keys, separated by spaces
            refs TEXT NOT NULL DEFAULT '',
            -- decided: the server has to write it
            publish INTEGER NOT NULL DEFAULT 0 CHECK (publish IN (0, 1)),
            -- decided: the roots keep it although no reference reaches it
            extra INTEGER NOT NULL DEFAULT 0 CHECK (extra IN (0, 1)),
            PRIMARY KEY (upload_id, object_id)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX claims_object ON claims (object_id);
        CREATE INDEX claims_publish ON claims (object_id) WHERE publish = 1;

        CREATE TABLE texts (
            upload_id INTEGER NOT NULL,
            object_id INTEGER NOT NULL,
            bytes BLOB NOT NULL,
            refs TEXT NOT NULL,
            nar_key TEXT,
            -- read from staging, where a better one may yet arrive
            staged INTEGER NOT NULL CHECK (staged IN (0, 1)),
            PRIMARY KEY (upload_id, object_id),
            FOREIGN KEY (upload_id, object_id) REFERENCES claims (upload_id, object_id) ON DELETE CASCADE
        ) STRICT;
        CREATE INDEX texts_object ON texts (object_id);

        -- A row stays until the multipart upload is certainly gone, which may be after its object.
        CREATE TABLE multiparts (
            key TEXT NOT NULL,
            store_id TEXT NOT NULL,
            upload_id INTEGER NOT NULL REFERENCES uploads (id),
            object_id INTEGER NOT NULL,
            abandoned INTEGER NOT NULL DEFAULT 0 CHECK (abandoned IN (0, 1)),
            PRIMARY KEY (key, store_id)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX multiparts_upload ON multiparts (upload_id);

        CREATE TABLE closures (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            key TEXT NOT NULL UNIQUE,
            object_id INTEGER NOT NULL UNIQUE REFERENCES objects (id),
            updated_at INTEGER NOT NULL
        ) STRICT;
        CREATE INDEX closures_updated_at ON closures (updated_at);

        CREATE TABLE extras (
            closure_id INTEGER NOT NULL REFERENCES closures (id) ON DELETE CASCADE,
            object_id INTEGER NOT NULL REFERENCES objects (id),
            PRIMARY KEY (closure_id, object_id)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX extras_object ON extras (object_id);

        CREATE TABLE pins (
            name TEXT PRIMARY KEY,
            closure_id INTEGER NOT NULL REFERENCES closures (id),
            store_path TEXT NOT NULL,
            created_at INTEGER NOT NULL,
            updated_at INTEGER NOT NULL,
            expires_at INTEGER
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX pins_closure ON pins (closure_id);

        -- The one collection that runs, or the last one. JSON objects: parameters, counts.
        CREATE TABLE run (
            one INTEGER PRIMARY KEY CHECK (one = 1),
            id INTEGER NOT NULL,
            phase TEXT,
            parameters TEXT NOT NULL,
            counts TEXT NOT NULL,
            started_at INTEGER,
            heartbeat INTEGER NOT NULL,
            finished_at INTEGER,
            error TEXT,
            collecting INTEGER NOT NULL CHECK (collecting IN (0, 1))
        ) STRICT;
        INSERT INTO run (one, id, parameters, counts, heartbeat, finished_at, collecting)
        VALUES (1, 0, '{}', '{}', 0, 0, 0);

        -- Differences, appended by each transaction; the sum is the truth.
        CREATE TABLE statistics (
            id INTEGER PRIMARY KEY,
            objects INTEGER NOT NULL,
            bytes INTEGER NOT NULL
        ) STRICT;
        """

    private static let collectionSchema = """
        -- of a deleting object: a delete was answered, and was counted
        ALTER TABLE objects ADD COLUMN gone INTEGER NOT NULL DEFAULT 0 CHECK (gone IN (0, 1));
        """

    private static let pullSchema = """
        -- fetched from another cache, and not pushed
        ALTER TABLE uploads ADD COLUMN pulled INTEGER NOT NULL DEFAULT 0 CHECK (pulled IN (0, 1));
        -- never pushed: what it refers to may not be here
        ALTER TABLE closures ADD COLUMN pulled INTEGER NOT NULL DEFAULT 0 CHECK (pulled IN (0, 1));
        """

    private static let pinSchema = """
        -- of its top, once somebody has seen the narinfo
        ALTER TABLE closures ADD COLUMN store_path TEXT;

        -- Closures that a pin named before, and keeps.
        CREATE TABLE kept_values (
            pin TEXT NOT NULL REFERENCES pins (name) ON DELETE CASCADE,
            closure_id INTEGER NOT NULL REFERENCES closures (id),
            store_path TEXT NOT NULL,
            -- when the name was last given to it
            set_at INTEGER NOT NULL,
            PRIMARY KEY (pin, closure_id)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX kept_values_closure ON kept_values (closure_id);

        -- Each closure that a pin keeps, until when, and by which name.
        CREATE VIEW pinned (closure_id, expires_at, name) AS
            SELECT closure_id, expires_at, name FROM pins
            UNION ALL
            SELECT v.closure_id, p.expires_at, p.name FROM kept_values AS v JOIN pins AS p ON p.name = v.pin;
        """
}
