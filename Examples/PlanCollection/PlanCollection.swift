import CacheCore

/// Plans a collection over a few objects, and says why each of them stays or goes: `PlanCollection`.
@main
struct PlanCollection {
    static func main() {
        let now = Timestamp(seconds: 1_800_000_000)
        var planner = GCPlanner(
            now: now,
            retention: GCRetention(closureCutoff: now - .seconds(30 * 86_400), grace: .seconds(6 * 3600)))
        // A narinfo with its NAR and a reference; and a NAR that nothing refers to any more.
        planner.add(GCObject(id: 1, state: .live, size: 620), refs: [2, 3])
        planner.add(GCObject(id: 2, state: .live, size: 48_210))
        planner.add(GCObject(id: 3, state: .live, size: 598))
        planner.add(GCObject(id: 4, state: .live, size: 9_120))
        planner.addClosure(1, updatedAt: now)
        let plan = planner.plan()
        print("unreachable: \(plan.unreachable.count) object, \(plan.unreachable.bytes) bytes")
        for id in 1...4 as ClosedRange<Int64> { print("\(id): \(plan.why(id))") }
    }
}
