/// What a collection has done so far.
public struct GCStatistics: APIMessage, Hashable {
    /// How many uploads were given up.
    public var failedUploadsDeleted: Int64
    /// How many closures were too old.
    public var oldClosuresDeleted: Int64
    /// How many unreachable objects were found that no earlier collection had found.
    public var objectsMarkedForDeletion: Int64
    /// How many objects were deleted, each counted once.
    public var objectsDeletedAfterGracePeriod: Int64
    /// How many objects the object store did not delete; a later collection tries again.
    public var objectsFailedToDelete: Int64

    /// Makes statistics.
    public init(
        failedUploadsDeleted: Int64 = 0, oldClosuresDeleted: Int64 = 0, objectsMarkedForDeletion: Int64 = 0,
        objectsDeletedAfterGracePeriod: Int64 = 0, objectsFailedToDelete: Int64 = 0
    ) {
        self.failedUploadsDeleted = failedUploadsDeleted
        self.oldClosuresDeleted = oldClosuresDeleted
        self.objectsMarkedForDeletion = objectsMarkedForDeletion
        self.objectsDeletedAfterGracePeriod = objectsDeletedAfterGracePeriod
        self.objectsFailedToDelete = objectsFailedToDelete
    }

    private enum CodingKeys: String, CodingKey {
        case failedUploadsDeleted = "failed_uploads_deleted"
        case oldClosuresDeleted = "old_closures_deleted"
        case objectsMarkedForDeletion = "objects_marked_for_deletion"
        case objectsDeletedAfterGracePeriod = "objects_deleted_after_grace_period"
        case objectsFailedToDelete = "objects_failed_to_delete"
    }
}
