import CacheCore

extension GCStatistics {
    /// The closing line of a collection.
    var text: String {
        let failed =
            objectsFailedToDelete > 0
            ? " \(count(objectsFailedToDelete, "object")) could not be deleted and will be tried again by the next collection."
            : ""
        return
            "Deleted \(count(oldClosuresDeleted, "closure")), \(count(failedUploadsDeleted, "unfinished upload")) and "
            + "\(count(objectsDeletedAfterGracePeriod, "object")); marked \(count(objectsMarkedForDeletion, "object"))."
            + failed
    }

    private func count(_ number: Int64, _ noun: String) -> String { Quantities.count(Int(number), noun) }
}

extension GCStatusResponse {
    /// How far a collection is.
    var progressText: String {
        let phase =
            switch self.phase {
            case nil: "beginning"
            case .cleanUpUploads: "giving up unfinished uploads"
            case .cleanUpClosures: "deleting old closures"
            case .cleanUpObjects: "looking for and deleting objects that nothing needs"
            case .vacuum: "tidying the database up"
            }
        return "\(phase): \(stats.oldClosuresDeleted) closures, \(stats.objectsMarkedForDeletion) objects marked, "
            + "\(stats.objectsDeletedAfterGracePeriod) deleted"
    }
}

extension GCPlanResponse {
    /// What a collection would do, for people.
    var text: String {
        var text = """
            Closures that would be deleted: \(stats.oldClosuresDeleted)
            Unfinished uploads that would be given up: \(stats.failedUploadsDeleted)
            Objects that would be marked: \(stats.objectsMarkedForDeletion)
            Objects that would be deleted at once: \(stats.objectsDeletedAfterGracePeriod)
            Bytes that nothing would need any more: \(bytes) (\(Quantities.bytes(UInt64(max(0, bytes)))))

            """
        if !largest.isEmpty { text += "\nThe largest of these objects:\n" }
        for object in largest { text += "  \(Quantities.bytes(UInt64(max(0, object.size))))  \(object.key)\n" }
        if !oldest.isEmpty { text += "\nThe oldest of these closures:\n" }
        for closure in oldest { text += "  \(closure.updatedAt)  \(closure.id)\n" }
        return text
    }
}
