import CacheCore
import Testing

@Suite("The decision about an upload")
struct CompletionDecisionTests {
    static let root = TestPackage("root")
    static let dependency = TestPackage("dependency")

    /// What a decision is made from: the row of each object by its number.
    private struct World {
        var claimed: [ClaimedObject] = []
        var others: [ResolvedObject] = []
        var arrivals: Set<ObjectID> = []
        var external: Set<String> = []
        var requiresCompleteClosures = false

        func decide() -> CompletionDecision.Verdict {
            var decision = CompletionDecision(
                roots: [root.key], external: external, claimed: claimed, arrivals: arrivals,
                requiresCompleteClosures: requiresCompleteClosures)
            let keys = decision.unlistedKeys
            decision.resolve(others.filter { keys.contains($0.key.text) })
            while true {
                let ids = decision.takeUnvisited()
                if ids.isEmpty { break }
                decision.visit(others.filter { ids.contains($0.id) }, among: ids)
            }
            return decision.verdict()
        }

        var plan: CompletionPlan? { if case .accepted(let plan) = decide() { plan } else { nil } }
        var refusal: CompletionRefusal? { if case .refused(let refusal) = decide() { refusal } else { nil } }
    }

    private func key(_ text: String) throws -> ObjectKey { try ObjectKey(text) }

    /// The root with its NAR and listing, all to be uploaded, and a text that refers to the dependency.
    private func world() throws -> World {
        let root = Self.root
        let text = ClaimedObject.Text(refs: [Self.dependency.key, root.narKey], narKey: root.narKey)
        return World(
            claimed: [
                ClaimedObject(
                    id: 1, key: try key(root.key), state: .uploading,
                    declaredRefs: [root.narKey, root.listingKey, Self.dependency.key], text: text),
                ClaimedObject(id: 2, key: try key(root.narKey), state: .uploading),
                ClaimedObject(id: 3, key: try key(root.listingKey), state: .uploading),
            ], arrivals: [2, 3])
    }

    private func dependency(_ state: ObjectState, refs: [ObjectID] = [], published: Bool = false) throws
        -> ResolvedObject
    {
        ResolvedObject(
            id: 10, key: try key(Self.dependency.key), state: state, refs: refs, isBeingPublished: published)
    }

    @Test("publishes what has a text, with all its references")
    func accepts() throws {
        var expected = CompletionPlan()
        expected.refs = [.init(object: 1, refs: [2, 3])]
        expected.published = [PublishItem(id: 1, key: try key(Self.root.key), refs: [2, 3])]
        #expect(try world().decide() == .accepted(expected))
    }

    @Test(
        "makes a reference an edge when its target is there",
        arguments: [
            (.live, false, true, false), (.condemned, false, true, true), (.uploading, true, true, false),
            (.uploading, false, false, false), (.deleting, false, false, false),
        ] as [(ObjectState, Bool, Bool, Bool)])
    func targets(state: ObjectState, published: Bool, isEdge: Bool, isRevived: Bool) throws {
        var world = try world()
        world.others = [try dependency(state, published: published)]
        let plan = try #require(world.plan)
        #expect(plan.refs.first?.refs.contains(10) == isEdge)
        #expect(plan.claimed == (isEdge ? [10] : []))
        #expect(plan.revived == (isRevived ? [10] : []))
        world.requiresCompleteClosures = true
        #expect(world.refusal?.missing == (isEdge ? nil : [Self.dependency.key]))
        world.external = [Self.dependency.key]
        #expect(world.refusal == nil)
    }

    @Test("names narinfos and NARs that did not arrive, and only those", arguments: [[], [2], [3], [2, 3]])
    func missing(arrivals: [ObjectID]) throws {
        var world = try world()
        world.arrivals = Set(arrivals)
        #expect(world.refusal?.missing == (arrivals.contains(2) ? nil : [Self.root.narKey]))
        world.claimed[0].text = nil
        let expected = (arrivals.contains(2) ? [] : [Self.root.narKey]) + [Self.root.key]
        #expect(world.refusal?.missing == expected.sorted())
        // Another upload publishes the narinfo: that will do.
        world.claimed[0].isBeingPublished = true
        world.arrivals = [2]
        #expect(world.plan?.published == [])
        #expect(world.plan?.refs == [.init(object: 1, refs: [2])], "the listing that did not arrive is left out")
    }

    @Test("keeps the references a live narinfo has, and writes only those that grow")
    func unions() throws {
        var world = try world()
        world.claimed[0].state = .live
        world.claimed[0].refs = [2, 10]
        world.claimed[1].state = .live
        world.claimed[2].state = .live
        world.others = [try dependency(.live)]
        #expect(world.plan?.refs == [.init(object: 1, refs: [2, 10, 3])])
        #expect(world.plan?.published == [], "the first text that is live wins")
        world.claimed[0].refs = [2, 3, 10]
        #expect(world.plan?.refs == [])
    }

    @Test("walks through what was not listed")
    func walks() throws {
        var world = try world()
        let (nar, further) = (try key(Self.dependency.narKey), TestPackage("further"))
        world.others = [
            try dependency(.live, refs: [11, 12, 13]),
            ResolvedObject(id: 11, key: nar, state: .condemned),
            ResolvedObject(id: 12, key: try key(further.key), state: .live, refs: [12, 10]),
            ResolvedObject(id: 13, key: try key(further.listingKey), state: .deleting),
        ]
        #expect(world.plan?.claimed == [10, 11, 12], "a listing that is being deleted is neither missing nor claimed")
        #expect(world.plan?.revived == [11])
        world.others[1].state = .uploading
        #expect(world.refusal?.missing == [nar.text])
        world.others[1].state = .deleting
        #expect(world.refusal?.missing == [nar.text])
        world.others.remove(at: 1)
        #expect(world.refusal == CompletionRefusal(missing: [Self.dependency.key], dangling: [10]))
    }

    @Test("forgets references to rows that are gone where the text is written anew")
    func dangling() throws {
        var world = try world()
        world.claimed[0].refs = [77, 2]
        #expect(world.plan?.refs == [.init(object: 1, refs: [2, 3])])
        world.claimed[0].state = .live
        #expect(world.refusal == CompletionRefusal(missing: [Self.root.key], dangling: [1]))
    }

    @Test("forgets listings that are not there any more", arguments: [.uploading, .deleting] as [ObjectState])
    func listingsThatAreGone(state: ObjectState) throws {
        var world = try world()
        world.claimed[0].state = .live
        world.claimed[0].refs = [2, 3]
        world.claimed[0].text = nil
        world.claimed.removeLast()
        world.others = [ResolvedObject(id: 3, key: try key(Self.root.listingKey), state: state)]
        #expect(world.plan?.refs == [.init(object: 1, refs: [2])])
        // So does a narinfo that was condemned and is needed again.
        let dependency = Self.dependency
        world.claimed[0].refs = [2, 10]
        world.others = [
            try self.dependency(.condemned, refs: [11, 12]),
            ResolvedObject(id: 11, key: try key(dependency.narKey), state: .live),
            ResolvedObject(id: 12, key: try key(dependency.listingKey), state: state),
        ]
        #expect(world.plan?.refs == [.init(object: 10, refs: [11])])
        #expect(world.plan?.revived == [10])
    }

    @Test("refuses a text whose NAR is not there")
    func foreignNar() throws {
        var world = try world()
        world.claimed[0].text?.narKey = Self.dependency.narKey
        world.claimed[0].text?.refs = [Self.dependency.narKey]
        #expect(world.refusal?.invalid.count == 1)
        #expect(world.refusal?.invalid.first?.contains(Self.root.key) == true)
        world.others = [ResolvedObject(id: 11, key: try key(Self.dependency.narKey), state: .live)]
        #expect(world.plan?.refs.first?.refs == [2, 3, 11])
    }

    @Test("keeps as extras what is there and the roots do not reach, NARs excepted")
    func extras() throws {
        var world = try world()
        world.claimed += [
            ClaimedObject(id: 4, key: try key(Self.root.logKey), state: .uploading),
            ClaimedObject(id: 5, key: try key("log/other.drv"), state: .uploading),
            ClaimedObject(id: 6, key: try key(Self.dependency.narKey), state: .live),
            ClaimedObject(id: 7, key: try key(TestPackage("aside").key), state: .live, refs: [12]),
        ]
        world.others = [ResolvedObject(id: 12, key: try key(TestPackage("below").key), state: .live)]
        world.arrivals.insert(4)
        #expect(world.plan?.extras == [4, 7])
        #expect(world.plan?.claimed == [12], "what an extra reaches is kept, too")
    }
}
