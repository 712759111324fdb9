/// Checks what must hold of a cache at every instant, whatever pushes, collections and crashes happen around it.
public struct LifecycleInvariants: Sendable {
    let snapshot: LifecycleSnapshot
    let bucket: Set<String>
    private let byKey: [String: LifecycleSnapshot.Object]

    /// Makes a check.
    /// - Parameters:
    ///   - snapshot: what the metadata store holds.
    ///   - bucket: the keys there are in the object store at the same instant.
    public init(_ snapshot: LifecycleSnapshot, bucket: Set<String>) {
        self.snapshot = snapshot
        self.bucket = bucket
        byKey = Dictionary(snapshot.objects.values.map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// What does not hold, one sentence each; empty when all does.
    /// - Parameter texts: for each narinfo in the bucket the keys its text refers to, references that were left out
    ///   excepted.
    public func violations(texts: [String: [String]] = [:]) -> [String] {
        claimsAreKept + rootsAreWhole + presentObjectsAreThere + textsAreCovered(texts) + keysHaveRows
            + publishingUploadsAreWhole + statisticsAgree
    }

    /// A claimed object is uploading or live.
    private var claimsAreKept: [String] {
        snapshot.claims.compactMap { claim in
            guard let object = snapshot.objects[claim.object] else {
                return "I1: upload \(claim.upload) claims the object \(claim.object), which has no row"
            }
            switch object.state {
            case .uploading, .live: return nil
            case .condemned, .deleting:
                return "I1: upload \(claim.upload) claims \(object.key), which is \(object.state)"
            }
        }
    }

    /// Each narinfo and NAR that a root reaches is live, or of a publishing upload.
    private var rootsAreWhole: [String] {
        snapshot.closures.flatMap { closure in
            incomplete([closure.object] + closure.extras).map { "I2: the root \(closure.key) reaches \($0)" }
        }
    }

    /// What a publishing upload is about to make a root is as whole as a root.
    private var publishingUploadsAreWhole: [String] {
        snapshot.uploads.values.filter { $0.state == .publishing }.flatMap { upload in
            incomplete(upload.roots.compactMap { byKey[$0]?.id }).map {
                "I7: upload \(upload.id) is publishing and reaches \($0)"
            }
        }.sorted()
    }

    /// What is reached although it is neither live nor being published.
    private func incomplete(_ roots: [ObjectID]) -> [String] {
        let published = beingPublished
        return reached(from: roots).compactMap { id in
            guard let object = snapshot.objects[id] else { return "the object \(id), which has no row" }
            let isRequired = ObjectKey(validating: object.key)?.type.isRequired ?? true
            guard isRequired, object.state != .live, !published.contains(id) else { return nil }
            return "\(object.key), which is \(object.state)"
        }.sorted()
    }

    /// Of live and condemned objects the bytes are there.
    private var presentObjectsAreThere: [String] {
        snapshot.objects.values.compactMap { object in
            object.state.isPresent && !bucket.contains(object.key)
                ? "I3: \(object.key) is \(object.state), but its bytes are gone" : nil
        }.sorted()
    }

    /// Refs of a narinfo that is live or condemned cover the references of the text that lies under its key.
    ///
    /// In the other states nothing relies on the text: whoever publishes there writes its own over it first. A row that
    /// refers to one that is gone names what it is not known to cover: no root may reach it, and no upload that lists it
    /// can be completed.
    private func textsAreCovered(_ texts: [String: [String]]) -> [String] {
        var found: [String] = []
        for (key, references) in texts {
            guard let object = byKey[key], object.state.isPresent else { continue }
            let known = Set(object.refs.compactMap { snapshot.objects[$0]?.key })
            guard known.count == object.refs.count else { continue }
            for reference in references where !known.contains(reference) {
                found.append("I4: the text of \(key) refers to \(reference), its row does not")
            }
        }
        return found.sorted()
    }

    /// What lies in the bucket has a row: of an object, or of the upload that staged it.
    private var keysHaveRows: [String] {
        bucket.filter { key in
            if byKey[key] != nil { return false }
            let parts = key.split(separator: "/", maxSplits: 2)
            guard parts.count == 3, parts[0] == "pending", let number = Int64(parts[1]) else { return true }
            return snapshot.uploads[UploadID(rawValue: number)] == nil
        }.sorted().map { "I5: \($0) lies in the bucket and has no row" }
    }

    /// The appended statistics add up to what is there.
    private var statisticsAgree: [String] {
        let present = snapshot.objects.values.count { $0.state.isPresent }
        guard present != Int(snapshot.countedObjects) else { return [] }
        return ["The statistics count \(snapshot.countedObjects) objects, but \(present) are there"]
    }

    private var beingPublished: Set<ObjectID> {
        Set(
            snapshot.claims.lazy.filter { claim in
                claim.isPublished && snapshot.uploads[claim.upload]?.state == .publishing
            }.map(\.object))
    }

    func reached(from roots: [ObjectID]) -> Set<ObjectID> {
        var reached: Set<ObjectID> = []
        var pending = roots
        while let id = pending.popLast() {
            guard reached.insert(id).inserted, let object = snapshot.objects[id] else { continue }
            pending.append(contentsOf: object.refs)
        }
        return reached
    }

    /// What must not have happened between two instants.
    /// - Parameters:
    ///   - earlier: the snapshot before.
    ///   - later: the snapshot after.
    public static func violations(from earlier: LifecycleSnapshot, to later: LifecycleSnapshot) -> [String] {
        var found: [String] = []
        if later.instant < earlier.instant { found.append("I13: time went back to \(later.instant)") }
        for upload in earlier.uploads.values {
            guard let now = later.uploads[upload.id] else {
                if upload.state == .publishing { found.append("I9: the publishing upload \(upload.id) vanished") }
                continue
            }
            if upload.state == .publishing, now.state == .open || now.state == .dropped {
                found.append("I9: upload \(upload.id) was publishing and is \(now.state)")
            }
            if upload.state == .completed || upload.state == .dropped, now.state != upload.state {
                found.append("I9: upload \(upload.id) was \(upload.state) and is \(now.state)")
            }
        }
        for object in earlier.objects.values {
            if let now = later.objects[object.id], now.key != object.key {
                found.append("I13: the number \(object.id) was used again")
            }
        }
        return found.sorted()
    }
}
