extension LifecycleInvariants {
    /// What does not hold at rest: when no upload is under way, no request can come late, and a collection without a
    /// grace period has ended. The bucket then has just what the rows say, and the rows what the roots reach.
    public var violationsAtRest: [String] {
        var found: [String] = []
        let reached = reached(
            from: snapshot.closures.flatMap { [$0.object] + $0.extras } + snapshot.claims.map(\.object))
        for object in snapshot.objects.values {
            if !reached.contains(object.id) { found.append("I14: no root reaches \(object.key), which has a row") }
            if object.state != .live { found.append("I14: \(object.key) is \(object.state)") }
            if !bucket.contains(object.key) { found.append("I14: the bucket lacks \(object.key), which has a row") }
        }
        let keys = Set(snapshot.objects.values.map(\.key))
        for key in bucket where !keys.contains(key) { found.append("I14: \(key) lies in the bucket without a row") }
        return found.sorted()
    }

    /// Moves of objects between two snapshots with at most one transaction in between that no transaction may make.
    public static func forbiddenMoves(from earlier: LifecycleSnapshot, to later: LifecycleSnapshot) -> [String] {
        earlier.objects.values.compactMap { object in
            guard let now = later.objects[object.id] else {
                guard object.state != .deleting else { return nil }
                return "I8: the row of \(object.key) vanished, which was \(object.state)"
            }
            switch (object.state, now.state) {
            case (.deleting, .live), (.deleting, .condemned), (.uploading, .condemned), (.condemned, .uploading):
                return "I8: \(object.key) was \(object.state) and is \(now.state)"
            default:
                return nil
            }
        }
    }
}
