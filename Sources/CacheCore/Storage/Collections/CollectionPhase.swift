/// What a collection is doing, in the words of existing clients.
public enum CollectionPhase: String, Hashable, Sendable, Codable, CaseIterable {
    /// It finishes publishing uploads and gives up the ones that are too old.
    case cleanUpUploads = "cleanup_pending_uploads"
    /// It deletes the closures that are too old.
    case cleanUpClosures = "cleanup_old_closures"
    /// It plans, condemns and deletes objects.
    case cleanUpObjects = "cleanup_orphan_objects"
    /// It tidies the database up.
    case vacuum = "vacuum_tables"
}
