extension MetricDescription {
    /// The metrics of the server, by name. The first lines are those of older servers, whose names have to stay.
    static let known: [String: MetricDescription] = [
        "niks3_cache_objects": .init(help: "Objects in the cache."),
        "niks3_cache_logical_bytes": .init(help: "Bytes of all objects in the cache, as they are stored."),
        "niks3_pending_closures": .init(help: "Uploads that are open or being published."),
        "niks3_db_connections_in_use": .init(help: "Connections to the database in use."),
        "niks3_db_connections_max": .init(help: "Connections to the database at most."),
        "niks3_http_requests_total": .init(help: "Requests that were answered."),
        "niks3_http_request_duration_seconds": .init(
            help: "How long requests took, from their head to the last byte of the answer."),
        "niks3_http_requests_in_flight": .init(help: "Requests that are being answered."),
        "niks3_gc_runs_total": .init(help: "Collections of this server that have ended."),
        "niks3_gc_duration_seconds": .init(help: "How long collections of this server took.", bounds: slowBounds),
        "niks3_gc_objects_deleted_total": .init(help: "Objects that collections of this server deleted."),
        "niks3_gc_last_run_timestamp_seconds": .init(help: "When the last collection that succeeded ended."),

        "niks3_build_info": .init(help: "1, with the version of the server."),
        "niks3_http_connections": .init(help: "Connections of clients that are open."),
        "niks3_http_received_bytes_total": .init(help: "Bytes of request bodies that came in."),
        "niks3_http_sent_bytes_total": .init(help: "Bytes of response bodies that went out."),
        "niks3_pushes_total": .init(help: "Uploads that clients had completed, by how that went."),
        "niks3_push_duration_seconds": .init(
            help: "From the beginning of an upload until it was committed.", bounds: slowBounds),
        "niks3_push_objects_total": .init(
            help: "Objects that uploads listed, by whether the cache had them already."),
        "niks3_push_skipped_paths_total": .init(help: "Paths that clients left out because a NAR was too large."),
        "niks3_push_skipped_nar_bytes_total": .init(help: "Bytes of NARs of such paths, before compression."),
        "niks3_pull_through_requests_total": .init(
            help: "Narinfos and NARs that readers asked for, by whether an upstream was asked."),
        "niks3_s3_requests_total": .init(help: "Tries of requests to S3, by what S3 answered."),
        "niks3_s3_request_duration_seconds": .init(
            help: "How long a try of a request to S3 took; of an object that is read until its first byte.",
            bounds: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60]),
        "niks3_s3_retries_total": .init(help: "Requests to S3 that were sent again."),
        "niks3_s3_throttled_total": .init(help: "Requests to S3 that were refused for being too many."),
        "niks3_s3_rate_limit": .init(
            help: "Requests a second that are let through to S3; absent while there is no limit."),
        "niks3_read_cache_hits_total": .init(help: "Narinfos that readers got from memory."),
        "niks3_read_cache_misses_total": .init(help: "Narinfos that readers had to wait for the object store for."),
        "niks3_read_bytes_total": .init(help: "Bytes of objects that readers got."),
        "niks3_db_transaction_duration_seconds": .init(
            help: "How long transactions of the database took, waiting for a connection included.", bounds: quickBounds),
        "niks3_db_transactions_failed_total": .init(help: "Transactions of the database that failed."),
        "niks3_db_conflicts_total": .init(
            help: "Transactions that were rolled back because of others, and tried again."),
        "niks3_db_connections_waited_for": .init(help: "Tasks that wait for a connection to the database."),
    ]
}
