import CacheCore
import NarKit
import Synchronization
import TestServices

/// A history of pushes, collections, deaths, failures and late requests over the real lifecycle code, with a metadata
/// store and a modelled bucket. All that happens in which order is decided one call after the other, so that a history can
/// be repeated, and after each call everything that must hold is checked.
final class Simulation: Sendable {
    /// What came of a history.
    struct Outcome: Sendable {
        /// What did not hold; empty when all did.
        var violations: [String]
        /// What was decided.
        var decisions: [Decision]
        /// What happened, a line for each step.
        var trace: [String]
    }

    private struct State {
        var violations: [String] = []
        var trace: [String] = []
        var last: LifecycleSnapshot?
        var uploads: [String] = []
        /// How old closures must be for a process to delete them.
        var ages: [Int: Duration] = [:]
        /// The roots that pushes were told are there, each with the narinfos that were listed with it.
        var completed: [String: Set<String>] = [:]
        /// How often each root was deleted.
        var deletions: [String: Int] = [:]
        /// The same, as it was when an upload was committed.
        var commits: [String: [String: Int]] = [:]
        var texts: [[UInt8]: [String]] = [:]
        var fault: ModelObjectStore.Fault?
        var failedDelete: [String] = []
        var seesObject = false
    }

    let fixture: CacheFixture
    let pins: PinService
    let mutator: Mutator?
    private let keepsTrace: Bool
    private let state = Mutex(State())

    private init(_ kind: MetadataKind, _ mutation: Mutation?, keepsTrace: Bool) async throws {
        fixture = try await CacheFixture(kind)
        pins = PinService(metadata: fixture.store, objects: fixture.bucket, logger: CacheFixture.logger)
        mutator = mutation.map { [metadata = fixture.metadata] in Mutator($0, metadata) }
        self.keepsTrace = keepsTrace
    }

    /// Plays a history from its beginning to its end, or to the first thing that does not hold.
    static func run(
        _ source: DecisionSource, _ kind: MetadataKind = .sqlite, mutation: Mutation? = nil, keepsTrace: Bool = false
    ) async throws -> Outcome {
        let simulation = try await Simulation(kind, mutation, keepsTrace: keepsTrace)
        let decisions = try await simulation.play(source)
        if simulation.isSound { try await simulation.comeToRest() }
        return simulation.state.withLock {
            Outcome(violations: $0.violations, decisions: decisions, trace: $0.trace)
        }
    }

    // MARK: Playing

    private func play(_ source: DecisionSource) async throws -> [Decision] {
        fixture.bucket.fail { [weak self] call, _ in self?.fault(for: call) }
        defer { fixture.bucket.fail(nil) }
        return await withTaskGroup(of: Void.self) { group in
            var source = source
            var decisions: [Decision] = []
            var processes: [Int: SimulatedProcess] = [:]
            while isSound {
                let alive = processes.values.filter { !$0.isOver }.map(\.number).sorted()
                guard let decision = source.next(alive: alive, late: fixture.bucket.late.map(\.number)) else { break }
                decisions.append(decision)
                switch decision {
                case .begin(let number, let work):
                    let process = SimulatedProcess(
                        number: number, beforeCall: { await self.before($1, by: $0) },
                        afterCall: { await self.check(after: $1, by: $0) },
                        letTimePass: { self.fixture.clock.advance(by: $0) })
                    processes[number] = process
                    trace("\(decision)")
                    group.addTask {
                        await self.perform(work, process)
                        process.end()
                    }
                    await process.settle()
                case .step(let number):
                    await processes[number]?.goOn()
                case .run(let number, let name):
                    while let process = processes[number], !process.isOver, process.step?.name != name, isSound {
                        await process.goOn()
                    }
                case .kill(let number):
                    guard let process = processes[number], !process.isOver else { continue }
                    trace("\(decision) before \(process.step.map { "\($0)" } ?? "its end")")
                    await process.goOn(lives: false)
                case .advance(let seconds):
                    trace("\(decision)")
                    fixture.clock.advance(by: .seconds(seconds))
                case .land(let number):
                    guard fixture.bucket.late.contains(where: { $0.number == number }) else { continue }
                    trace("\(decision)")
                    fixture.bucket.land(number)
                    await check(after: nil, by: nil)
                case .fault(let fault):
                    state.withLock { $0.fault = fault }
                }
            }
            state.withLock { $0.fault = nil }
            for process in processes.values.sorted(by: { $0.number < $1.number }) {
                while !process.isOver { await process.goOn(lives: isSound) }
            }
            return decisions
        }
    }

    /// The fault that was decided on, for a call that changes something.
    private func fault(for call: String) -> ModelObjectStore.Fault? {
        ["put", "delete", "completeMultipart", "abortMultipart", "beginMultipart"].contains(call) ? takeFault() : nil
    }

    /// Takes the fault that was decided on.
    func takeFault() -> ModelObjectStore.Fault? {
        state.withLock { state in
            defer { state.fault = nil }
            return state.fault
        }
    }

    // MARK: What processes say

    func note(upload: String) { state.withLock { $0.uploads.append(upload) } }

    func upload(_ nth: Int) -> String? { state.withLock { $0.uploads.indices.contains(nth) ? $0.uploads[nth] : nil } }

    func note(ages parameters: GCParameters, of process: Int) {
        guard let age = try? Duration(goDuration: parameters.olderThan) else { return }
        state.withLock { $0.ages[process] = age }
    }

    /// A push was told that its root is there: from now on it is, with all that was listed with it, until it is old enough
    /// to be deleted. It may be told so late that this has happened already, and that the root is another one's by now.
    func noteCompleted(_ root: String, narInfos: [String], by upload: String) {
        state.withLock { state in
            guard state.last?.closures.contains(where: { $0.key == root }) == true,
                let deletions = state.commits[upload], deletions[root] == state.deletions[root]
            else { return }
            state.completed[root, default: []].formUnion(narInfos)
        }
    }

    // MARK: Checking

    var isSound: Bool { state.withLock { $0.violations.isEmpty } }

    func fail(_ violation: String) {
        // What a spoilt history does besides breaking an invariant is its own affair.
        if mutator != nil, !violation.hasPrefix("I") { return }
        state.withLock { $0.violations.append(violation) }
    }

    private func trace(_ line: @autoclosure () -> String) {
        guard keepsTrace else { return }
        let line = line()
        state.withLock { $0.trace.append(line) }
    }

    /// What a process does not change anything by.
    private static let reads: Set<String> = [
        "upload", "unfinishedObjects", "attributes", "content", "list", "listMultiparts", "listParts",
        "finishedUploads",
        "publishingUploads", "multipartsToAbort", "collectionStatus", "instant", "listedObjects", "multipart",
        "borrowTexts", "unregisteredMultiparts", "loadPlan", "check", "keys",
    ]

    private func before(_ step: LifecycleStep, by process: SimulatedProcess) async {
        do { try await mutator?.before(step) } catch { fail("the mutation failed: \(error)") }
    }

    private func check(after step: LifecycleStep?, by process: SimulatedProcess?) async {
        do {
            if let step, let process, let mutator {
                try await mutator.after(step, by: process.number, in: fixture.bucket)
            }
            if let step, Simulation.reads.contains(step.name), mutator == nil {
                trace("process \(process?.number ?? 0): \(step)")
                return
            }
            let snapshot = try await fixture.store.snapshot()
            let last = state.withLock { state in
                defer { state.last = snapshot }
                for upload in snapshot.uploads.values
                where upload.state == .completed && state.last?.uploads[upload.id]?.state != .completed {
                    state.commits["\(upload.id)"] = state.deletions
                }
                return state.last
            }
            if let step { trace("process \(process?.number ?? 0): \(step)\(changes(from: last, to: snapshot))") }
            var found = last.map { violations(from: $0, to: snapshot, step, process) } ?? []
            found += violations(of: snapshot)
            found.forEach(fail)
        } catch {
            fail("the check failed: \(error)")
        }
    }

    private func violations(of snapshot: LifecycleSnapshot) -> [String] {
        let keys = fixture.bucket.keys.filter { !$0.hasPrefix("pins/") }
        var found: [String] = []
        let now = fixture.clock.now
        let rows = Dictionary(uniqueKeysWithValues: snapshot.objects.values.map { ($0.key, $0) })
        for request in fixture.bucket.late where now < request.validUntil {
            for key in request.keys where ObjectKey(validating: key) != nil {
                guard let row = rows[key] else {
                    found.append("I5: \(key) has no row, and a late \(request.kind) may yet come")
                    continue
                }
                switch request.kind {
                case .put where key.hasPrefix("nar/") && row.writableUntil >= request.validUntil:
                    // One that was pulled, which is written as by a client.
                    break
                case .put where row.busyUntil < request.validUntil, .delete where row.busyUntil < request.validUntil:
                    found.append("I6: \(key) is not busy, and a late \(request.kind) may yet come")
                case .delete where row.state != .deleting:
                    found.append("I6: \(key) is \(row.state), and a late delete may yet come")
                case .clientPut where row.writableUntil < request.validUntil,
                    .completion where row.writableUntil < request.validUntil:
                    found.append("I5: \(key) counts as written for good, and a late \(request.kind) may yet come")
                default: break
                }
            }
        }
        let texts = texts(keys)
        return found + LifecycleInvariants(snapshot, bucket: keys).violations(texts: texts)
            + brokenPromises(in: snapshot, keys, texts)
    }

    /// What clients were told is there, and is not.
    private func brokenPromises(
        in snapshot: LifecycleSnapshot, _ keys: Set<String>, _ texts: [String: [String]]
    ) -> [String] {
        var found: [String] = []
        for (root, narInfos) in state.withLock({ $0.completed }).sorted(by: { $0.key < $1.key }) {
            guard snapshot.closures.contains(where: { $0.key == root }) else {
                found.append("I7: the root \(root) is gone, which was promised and is not expired")
                continue
            }
            for key in narInfos.sorted() where !(texts[key].map { $0.allSatisfy(keys.contains) } ?? false) {
                found.append("I2: a reader of \(root) does not find \(key) or its NAR")
            }
        }
        return found
    }

    /// What the narinfos in the bucket refer to.
    private func texts(_ keys: Set<String>) -> [String: [String]] {
        var texts: [String: [String]] = [:]
        for key in keys where key.hasSuffix(".narinfo") && !key.hasPrefix("pending/") {
            guard let bytes = fixture.bucket[key]?.bytes else { continue }
            if let known = state.withLock({ $0.texts[bytes] }) {
                texts[key] = known
                continue
            }
            guard let info = try? NarInfo(parsing: bytes) else {
                fail("I4: the text of \(key) is none")
                continue
            }
            state.withLock { $0.texts[bytes] = [info.url] }
            texts[key] = [info.url]
        }
        return texts
    }

    private func violations(
        from last: LifecycleSnapshot, to snapshot: LifecycleSnapshot, _ step: LifecycleStep?,
        _ process: SimulatedProcess?
    ) -> [String] {
        var found = LifecycleInvariants.violations(from: last, to: snapshot)
        found += LifecycleInvariants.forbiddenMoves(from: last, to: snapshot)
        for object in last.objects.values {
            guard let now = snapshot.objects[object.id], now.state != object.state else { continue }
            let isDown = now.state == .condemned || now.state == .deleting
            if isDown, step?.name != "condemn", step?.name != "beginSweep" {
                found.append("I8: \(object.key) was made \(now.state) by \(step.map { "\($0)" } ?? "nobody")")
            }
        }
        let kept = Set(snapshot.closures.map(\.key))
        for closure in last.closures where !kept.contains(closure.key) {
            let age = process.flatMap { process in state.withLock { $0.ages[process.number] } }
            if step?.name != "expireClosures" || age == nil {
                found.append("I10: the closure \(closure.key) was deleted outside a collection")
            } else if closure.isPinned {
                found.append("I10: the closure \(closure.key) was deleted, which is pinned")
            } else if let age, closure.updatedAt > snapshot.instant - age {
                found.append("I10: the closure \(closure.key) was deleted, which is not old enough")
            }
            state.withLock { state in
                state.completed[closure.key] = nil
                state.deletions[closure.key, default: 0] += 1
            }
        }
        return found
    }

    private func changes(from last: LifecycleSnapshot?, to snapshot: LifecycleSnapshot) -> String {
        guard keepsTrace else { return "" }
        var changes: [String] = []
        for object in (last?.objects.values ?? [:].values) where snapshot.objects[object.id] == nil {
            changes.append("\(Simulation.name(object.key)): no row")
        }
        for object in snapshot.objects.values where last?.objects[object.id]?.state != object.state {
            changes.append("\(Simulation.name(object.key)): \(object.state)")
        }
        for upload in snapshot.uploads.values where last?.uploads[upload.id]?.state != upload.state {
            changes.append("upload \(upload.id): \(upload.state)")
        }
        return changes.isEmpty ? "" : "; " + changes.sorted().joined(separator: ", ")
    }

    /// A key with the name of its package in it.
    static func name(_ text: String) -> String {
        var text = text
        for (build, packages) in packages.enumerated() {
            for package in packages {
                text.replace(package.hashPart, with: package.name)
                text.replace(package.narHash.nix32, with: "\(package.name)-\(build)")
            }
        }
        return text
    }

    // MARK: The end

    /// Lets everything end that is under way, and looks whether what is left is just what roots reach, and each of them
    /// whole for a reader; then deletes the roots, after which nothing is left.
    private func comeToRest() async throws {
        for request in fixture.bucket.late { fixture.bucket.land(request.number) }
        await check(after: nil, by: nil)
        guard isSound else { return }
        for olderThan in ["100000h", "0"] {
            if olderThan == "0" { _ = try? await pins.remove("name") }
            for _ in 0..<3 {
                fixture.clock.advance(by: .seconds(7 * 3600))
                await fixture.service.resume()
                let status = try await fixture.collections().collect(
                    GCParameters(olderThan: olderThan, failedUploadsOlderThan: "0"))
                if status.state != .succeeded { fail("the collection at the end: \(status.error ?? "")") }
            }
            let snapshot = try await fixture.store.snapshot()
            let keys = fixture.bucket.keys.filter { !$0.hasPrefix("pins/") }
            let invariants = LifecycleInvariants(snapshot, bucket: keys)
            let texts = texts(keys)
            var found = invariants.violations(texts: texts) + invariants.violationsAtRest
            if olderThan == "0" {
                found += keys.map { "I14: \($0) is left when all is deleted" }
            } else {
                found += brokenPromises(in: snapshot, keys, texts)
                found += snapshot.closures.flatMap { unreadable($0.key, snapshot) }
            }
            found.forEach(fail)
        }
    }

    /// What a reader misses who fetches a closure by the texts in the bucket.
    private func unreadable(_ root: String, _ snapshot: LifecycleSnapshot) -> [String] {
        let rows = Dictionary(uniqueKeysWithValues: snapshot.objects.values.map { ($0.key, $0) })
        var found: [String] = []
        var seen: Set<String> = []
        var pending = [root]
        while let key = pending.popLast() {
            guard seen.insert(key).inserted else { continue }
            guard let bytes = fixture.bucket[key]?.bytes, let info = try? NarInfo(parsing: bytes) else {
                found.append("I2: a reader of \(root) does not find \(key)")
                continue
            }
            if fixture.bucket[info.url] == nil { found.append("I2: a reader of \(root) does not find \(info.url)") }
            let refs = Set((rows[key]?.refs ?? []).compactMap { snapshot.objects[$0]?.key })
            // What the row does not name was left out by the push.
            pending += info.references.map { "\($0.hashPart).narinfo" }.filter { refs.contains($0) }
        }
        return found
    }
}
