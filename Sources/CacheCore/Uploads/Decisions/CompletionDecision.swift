/// Decides whether an upload can be completed, and what that changes.
///
/// A pure state machine over rows that the caller loads in one transaction:
/// 1. make it with the claimed objects;
/// 2. ``resolve(_:)`` the ``unlistedKeys``, once;
/// 3. while ``takeUnvisited()`` gives numbers, ``visit(_:among:)`` their rows;
/// 4. ask for the ``verdict()``.
public struct CompletionDecision: Sendable {
    private let roots: [String]
    private let external: Set<String>
    private let requiresCompleteClosures: Bool
    private let claimed: [ClaimedObject]
    private let indexByKey: [String: Int]
    /// Refs after the decision, by the position in `claimed`.
    private var refs: [[ObjectID]]
    private var grown: [Bool]
    private var nodes: [ObjectID: Node] = [:]
    private var vanished: Set<ObjectID> = []
    private var unvisited: [ObjectID] = []
    private var missing: Set<String> = []
    private var invalid: [String] = []

    /// An object of the graph that the walk goes over.
    private struct Node {
        var key: ObjectKey
        var state: ObjectState
        var isPublished: Bool
        var refs: [ObjectID]
        var isClaimed: Bool

        var isThere: Bool { state.isPresent || isPublished }
    }

    /// Makes a decision.
    /// - Parameters:
    ///   - roots: the keys of the upload's roots.
    ///   - external: the references it declared as left out on purpose.
    ///   - claimed: all objects it claims.
    ///   - arrivals: which of them were seen in the bucket.
    ///   - requiresCompleteClosures: whether other references that are not here are refused.
    public init(
        roots: [String], external: Set<String>, claimed: [ClaimedObject], arrivals: Set<ObjectID>,
        requiresCompleteClosures: Bool
    ) {
        self.roots = roots
        self.external = external
        self.requiresCompleteClosures = requiresCompleteClosures
        self.claimed = claimed.map { object in
            var object = object
            if object.state == .uploading, object.key.type.isWrittenByClients, arrivals.contains(object.id) {
                object.state = .live
            }
            return object
        }
        indexByKey = Dictionary(claimed.enumerated().map { ($1.key.text, $0) }, uniquingKeysWith: { first, _ in first })
        refs = claimed.map(\.refs)
        grown = Array(repeating: false, count: claimed.count)
    }

    /// The keys that narinfos refer to and the upload does not claim.
    public var unlistedKeys: [String] {
        var keys: Set<String> = []
        for object in claimed where object.key.type == .narinfo {
            for key in object.declaredRefs + object.publishedRefs where indexByKey[key] == nil { keys.insert(key) }
        }
        return keys.sorted()
    }

    /// Turns references into edges.
    /// - Parameter targets: the rows of ``unlistedKeys``, as far as there are any.
    public mutating func resolve(_ targets: [ResolvedObject]) {
        let others = Dictionary(targets.map { ($0.key.text, $0) }, uniquingKeysWith: { first, _ in first })
        for (index, object) in claimed.enumerated() {
            if object.key.type.isRequired, !object.isThere { missing.insert(object.key.text) }
            if object.key.type == .narinfo {
                addEdges(of: index, others: others)
                checkNar(of: object, others: others)
            }
        }
        for (index, object) in claimed.enumerated() {
            nodes[object.id] = Node(
                key: object.key, state: object.state, isPublished: object.isPublished, refs: refs[index],
                isClaimed: true)
        }
        var seen: Set<ObjectID> = []
        for list in refs {
            for id in list where nodes[id] == nil && seen.insert(id).inserted { unvisited.append(id) }
        }
    }

    private mutating func addEdges(of index: Int, others: [String: ResolvedObject]) {
        let object = claimed[index]
        var known = Set(refs[index])
        for key in object.declaredRefs + object.publishedRefs {
            let target: ObjectID?
            if let listed = indexByKey[key].map({ claimed[$0] }) {
                target = listed.key.type.isRequired || listed.isThere ? listed.id : nil
            } else if let other = others[key], other.isThere {
                target = other.id
            } else {
                target = nil
                let isRequired = ObjectKey(validating: key)?.type.isRequired ?? false
                if requiresCompleteClosures, isRequired, !external.contains(key) { missing.insert(key) }
            }
            if let target, known.insert(target).inserted {
                refs[index].append(target)
                grown[index] = true
            }
        }
    }

    /// A narinfo that is to be published has to name a NAR that is there.
    private mutating func checkNar(of object: ClaimedObject, others: [String: ResolvedObject]) {
        guard object.isPublishedHere, let key = object.text?.narKey else { return }
        if indexByKey[key] != nil { return }
        if others[key]?.state.isPresent != true {
            invalid.append(
                "The narinfo \(object.key) names the NAR \(key), which is not in the cache; upload the NAR first.")
        }
    }

    /// The numbers of objects that are reached and whose rows are to be visited next; empty when the walk is over.
    public mutating func takeUnvisited() -> [ObjectID] {
        defer { unvisited = [] }
        return unvisited
    }

    /// Goes on from rows.
    /// - Parameters:
    ///   - rows: the rows there are.
    ///   - numbers: what ``takeUnvisited()`` asked for; those without a row have vanished.
    public mutating func visit(_ rows: [ResolvedObject], among numbers: [ObjectID]) {
        for row in rows {
            nodes[row.id] = Node(
                key: row.key, state: row.state, isPublished: row.isBeingPublished, refs: row.refs, isClaimed: false)
        }
        for id in numbers where nodes[id] == nil { vanished.insert(id) }
        var seen: Set<ObjectID> = []
        for row in rows {
            for id in row.refs where nodes[id] == nil && !vanished.contains(id) && seen.insert(id).inserted {
                unvisited.append(id)
            }
        }
    }

    /// What is decided.
    public func verdict() -> Verdict {
        var missing = missing
        var dangling: [ObjectID] = []
        var revived: [ObjectID] = []
        var added: [ObjectID] = []
        for (id, node) in nodes {
            if !node.isClaimed {
                if node.key.type.isRequired, !node.isThere { missing.insert(node.key.text) }
                if node.state == .condemned { revived.append(id) }
                if node.state != .deleting { added.append(id) }
            }
            if !vanished.isEmpty, !isPublishedHere(node.key), node.refs.contains(where: vanished.contains) {
                dangling.append(id)
                missing.insert(node.key.text)
            }
        }
        for root in roots where indexByKey[root] == nil { missing.insert(root) }
        guard missing.isEmpty, dangling.isEmpty, invalid.isEmpty else {
            let refusal = CompletionRefusal(missing: missing.sorted(), dangling: dangling.sorted(), invalid: invalid)
            return .refused(refusal)
        }
        var plan = CompletionPlan()
        plan.revived = revived.sorted()
        plan.claimed = added.sorted()
        for id in plan.revived {
            guard let list = nodes[id]?.refs, list.contains(where: isGone) else { continue }
            plan.refs.append(.init(object: id, refs: list.filter { !isGone($0) }))
        }
        for (index, object) in claimed.enumerated() {
            let list = refs[index].filter { !isGone($0) }
            if grown[index] || list.count < refs[index].count {
                plan.refs.append(.init(object: object.id, refs: list))
            }
            if object.isPublishedHere {
                plan.published.append(PublishItem(id: object.id, key: object.key, refs: list))
            }
        }
        plan.extras = extras()
        return .accepted(plan)
    }

    /// Whether a reference is to be forgotten: its row is gone, or it is a listing or a log that was deleted while its
    /// narinfo stayed. What needs it no more does not keep its row, which becomes garbage.
    private func isGone(_ id: ObjectID) -> Bool {
        guard let node = nodes[id] else { return vanished.contains(id) }
        return !node.isThere && [.listing, .buildLog].contains(node.key.type)
    }

    private func isPublishedHere(_ key: ObjectKey) -> Bool {
        indexByKey[key.text].map { claimed[$0].isPublishedHere } ?? false
    }

    /// Listed objects, NARs excepted, that the roots do not reach and that are there.
    private func extras() -> [ObjectID] {
        var reached: Set<ObjectID> = []
        var pending = roots.compactMap { root in indexByKey[root].map { claimed[$0].id } }
        while let id = pending.popLast() {
            guard reached.insert(id).inserted, let node = nodes[id] else { continue }
            pending.append(contentsOf: node.refs)
        }
        return claimed.filter { $0.key.type != .nar && $0.isThere && !reached.contains($0.id) }.map(\.id).sorted()
    }
}
