import CacheCore

/// Where the decisions of a simulation come from: a seed, or a history to be repeated.
enum DecisionSource: Sendable {
    case generated(DecisionGenerator)
    case script([Decision])

    init(seed: UInt64) { self = .generated(DecisionGenerator(seed: seed)) }

    /// The next decision; nil when nothing is left to begin and no process is alive.
    mutating func next(alive: [Int], late: [Int]) -> Decision? {
        switch self {
        case .generated(var generator):
            defer { self = .generated(generator) }
            return generator.next(alive: alive, late: late)
        case .script(var rest):
            defer { self = .script(rest) }
            return rest.isEmpty ? nil : rest.removeFirst()
        }
    }
}

/// Makes decisions up. The same seed gives the same ones.
struct DecisionGenerator: Sendable {
    /// What a history is mostly about: what seldom happens by chance is looked for.
    private enum Theme: CaseIterable {
        /// All there is.
        case everything
        /// Collections of servers that stand still in the middle and are taken over.
        case suspendedCollections
        /// Clients that are slow, whose uploads are given up meanwhile.
        case slowClients
        /// Pushes of one package and collections in turn, of which some stand still until another one has taken over.
        case takeovers

        /// The calls before which a process comes to stand still.
        var stops: [String] {
            switch self {
            case .everything:
                ["client.put", "markArrived", "decide", "put", "commit", "condemn", "beginSweep", "delete", "endSweep"]
            case .suspendedCollections: ["condemn", "condemn", "endCollecting", "beginSweep", "delete", "endSweep"]
            case .slowClients: ["client.put", "client.putPart", "client.put", "markArrived", "decide", "put"]
            case .takeovers: ["condemn", "condemn", "condemn", "beginSweep", "delete"]
            }
        }

        /// How many in a hundred decisions have a process run to its end.
        var rushes: Int {
            switch self {
            case .everything, .suspendedCollections: 1
            case .slowClients: 8
            case .takeovers: 35
            }
        }
    }

    private var random: SplitMix
    private let theme: Theme
    private let hasFaults: Bool
    private let hasKills: Bool
    private var spawns: Int
    private var steps = 900
    private var count = 0
    private var last: Int?
    /// Processes that stand still most of the time, as if their machine were suspended.
    private var paused: Set<Int> = []
    /// What comes next, where that is decided; the last one first.
    private var following: [Decision] = []

    init(seed: UInt64) {
        random = SplitMix(seed: seed)
        theme = Theme.allCases[Int.random(in: 0..<Theme.allCases.count, using: &random)]
        hasFaults = Int.random(in: 0..<3, using: &random) > 0
        hasKills = Int.random(in: 0..<3, using: &random) > 0
        spawns = Int.random(in: 4...12, using: &random)
    }

    mutating func next(alive: [Int], late: [Int]) -> Decision? {
        steps -= 1
        guard steps > 0, !alive.isEmpty || count < spawns else { return nil }
        if let next = following.popLast() { return next }
        let roll = Int.random(in: 0..<100, using: &random)
        let isQuiet = theme == .takeovers ? paused.isSuperset(of: alive) && alive.count < 4 : alive.isEmpty
        if count < spawns, isQuiet || (alive.count < 4 && roll < 6) {
            count += 1
            last = count
            if chance(4) { paused.insert(count) }
            let work = work()
            if theme == .takeovers { mayStandStill(count, work) }
            return .begin(count, work)
        }
        switch roll {
        case 6..<9 where hasKills && !alive.isEmpty: return .kill(pick(alive))
        case 9..<14: return .advance(pick([1, 59, 61, 121, 1800, 3600, 5 * 3600, 6 * 3600 + 1, 7 * 3600]))
        case 14..<20 where !late.isEmpty: return .land(pick(late))
        case 20..<25 where hasFaults:
            return .fault(
                pick([
                    .before(.unavailable), .after(.unavailable), .late(.unavailable), .late(.unavailable),
                    .before(.throttled),
                ]))
        case 25..<28 where !alive.isEmpty:
            let process = pick(alive)
            paused.insert(process)
            last = nil
            return .run(process, until: pick(theme.stops))
        case 40..<40 + theme.rushes where !alive.isEmpty:
            let awake = alive.filter { !paused.contains($0) }
            return .run(pick(awake.isEmpty || theme != .takeovers ? alive : awake), until: "")
        default:
            guard !alive.isEmpty else { return .advance(1) }
            if let last, alive.contains(last), Int.random(in: 0..<100, using: &random) < 75 {
                // It does some of its work, and then stands still.
                if paused.contains(last), chance(8) { self.last = nil }
                return .step(last)
            }
            let awake = alive.filter { !paused.contains($0) }
            let next = awake.isEmpty || chance(25) ? pick(alive) : pick(awake)
            last = next
            return .step(next)
        }
    }

    /// Has a process stand still at once where that matters: a collection for so long that others take its run over, a
    /// push before it is published.
    private mutating func mayStandStill(_ process: Int, _ work: Work) {
        switch work {
        case .collect where chance(2):
            following = [.advance(121), .run(process, until: pick(theme.stops))]
        case .push where chance(4):
            following = [.run(process, until: "commit")]
        default: return
        }
        paused.insert(process)
        last = nil
    }

    private mutating func work() -> Work {
        let roll = Int.random(in: 0..<21, using: &random)
        switch (theme, roll) {
        case (.suspendedCollections, 15...): return collection()
        case (.slowClients, 15..<18): return .drop(seconds: 0)
        case (.takeovers, ..<14):
            return count.isMultiple(of: 2)
                ? collection() : .push(package: pick([0, 0, 1]), build: 0, PushStyle(isPartial: chance(3)))
        default: break
        }
        switch roll {
        case 0..<9:
            return .push(
                package: pick([0, 0, 1, 1, 2, 3]), build: pick([0, 0, 1]),
                PushStyle(
                    stages: chance(3), registers: chance(2), verifies: chance(4),
                    isPartial: chance(theme == .slowClients ? 2 : 4)))
        case 9..<15: return collection()
        case 15: return .resume
        case 16: return .drop(seconds: pick([0, 0, 3600]))
        case 17: return .complete(nth: Int.random(in: 0..<4, using: &random))
        case 18: return chance(2) ? .touch : .unpin
        case 19: return .pull(package: pick([0, 0, 1, 2]), build: pick([0, 0, 1]), partSize: pick([8, 8 << 20]))
        default: return .pin(package: pick([0, 1, 2]))
        }
    }

    private mutating func collection() -> Work {
        .collect(
            olderThan: pick(["0", "0", "1h", "8h"]), failedUploadsOlderThan: pick(["0", "1h", "6h"]),
            isForced: chance(3))
    }

    private mutating func chance(_ one: Int) -> Bool { Int.random(in: 0..<one, using: &random) == 0 }

    private mutating func pick<Element>(_ elements: [Element]) -> Element {
        elements[Int.random(in: 0..<elements.count, using: &random)]
    }
}
