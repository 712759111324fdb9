import Testing

@testable import CacheClient

@Suite struct UploadScheduleTests {
    /// What happens to a schedule, one after the other, at a second each.
    enum Event: Sendable {
        case batch([String], UploadSchedule.Step)
        case done([String])
        case vanished([String])
        case failed([String], ClientError.Code)
        case passed(Duration)
        case drain
        case heldBack([String])
    }

    @Test(
        "what is pushed next follows from what happened",
        arguments: [
            ("nothing to do", [.batch([], .idle), .drain, .batch([], .finished)]),
            ("a batch", [.batch(["a", "b"], .push(["a", "b"])), .done(["a", "b"]), .batch([], .idle)]),
            (
                "one bad path does not hold up the others, and is tried again alone",
                [
                    .batch(["a", "b", "c"], .push(["a", "b", "c"])), .failed(["a", "b", "c"], .hashMismatch),
                    .heldBack(["a", "b", "c"]), .batch([], .push(["a"])), .failed(["a"], .hashMismatch),
                    .batch(["d"], .push(["b"])), .done(["b", "c"]), .heldBack(["a"]), .batch(["d"], .push(["d"])),
                    .done(["d"]), .batch([], .wait(until: .seconds(1))), .passed(.seconds(1)), .batch([], .push(["a"])),
                    .failed(["a"], .hashMismatch), .batch([], .wait(until: .seconds(3))), .batch(["e"], .push(["e"])),
                    .done(["e"]), .passed(.seconds(2)), .batch(["f"], .push(["f"])), .done(["f"]),
                    .batch([], .push(["a"])), .done(["a"]), .heldBack([]), .batch([], .idle),
                ]
            ),
            (
                "a failure of everything pauses everything, twice as long each time, and no path is suspected",
                [
                    .batch(["a", "b"], .push(["a", "b"])), .failed(["a", "b"], .unauthorized), .heldBack([]),
                    .batch(["a", "b"], .wait(until: .seconds(1))), .passed(.seconds(1)),
                    .batch(["a", "b"], .push(["a", "b"])), .failed(["a", "b"], .credentials),
                    .batch(["a", "b"], .wait(until: .seconds(3))), .passed(.seconds(2)),
                    .batch(["a", "b"], .push(["a", "b"])), .done(["a", "b"]), .batch(["c"], .push(["c"])),
                    .failed(["c"], .forbidden), .batch(["c"], .wait(until: .seconds(4))),
                ]
            ),
            (
                "three paths in a row that fail alone are a failure of everything; the others stay in the batch",
                [
                    .batch(["a", "b", "c", "d"], .push(["a", "b", "c", "d"])),
                    .failed(["a", "b", "c", "d"], .serverFailure), .batch([], .push(["a"])),
                    .failed(["a"], .serverFailure), .batch([], .push(["b"])), .failed(["b"], .serverFailure),
                    .batch([], .push(["c"])), .failed(["c"], .serverFailure), .heldBack(["a", "b", "c"]),
                    .batch(["d"], .wait(until: .seconds(1))), .passed(.seconds(1)), .batch(["d"], .push(["d"])),
                ]
            ),
            (
                "a success in between shows that not everything fails",
                [
                    .batch(["a", "b", "c", "d"], .push(["a", "b", "c", "d"])),
                    .failed(["a", "b", "c", "d"], .serverFailure), .batch([], .push(["a"])),
                    .failed(["a"], .serverFailure), .batch([], .push(["b"])), .failed(["b"], .serverFailure),
                    .batch([], .push(["c"])), .done(["c"]), .batch([], .push(["d"])), .failed(["d"], .serverFailure),
                    .batch(["e"], .push(["e"])),
                ]
            ),
            (
                "where nothing can be reached, one path is enough of a check",
                [
                    .batch(["a", "b"], .push(["a", "b"])), .failed(["a", "b"], .unreachable), .batch([], .push(["a"])),
                    .failed(["a"], .unreachable), .heldBack(["a"]), .batch(["b"], .wait(until: .seconds(1))),
                ]
            ),
            (
                "vanished paths are forgotten, and are no success",
                [
                    .batch(["a", "b"], .push(["a", "b"])), .failed(["a", "b"], .hashMismatch), .batch([], .push(["a"])),
                    .failed(["a"], .hashMismatch), .batch([], .push(["b"])), .vanished(["b"]), .heldBack(["a"]),
                    .passed(.seconds(1)), .batch([], .push(["a"])), .vanished(["a"]), .batch([], .idle),
                ]
            ),
            (
                "at the end everything is tried once more, without waiting",
                [
                    .batch(["a"], .push(["a"])), .failed(["a"], .hashMismatch), .batch([], .wait(until: .seconds(1))),
                    .drain, .batch(["b"], .push(["b"])), .done(["b"]), .batch([], .push(["a"])),
                    .failed(["a"], .hashMismatch), .heldBack(["a"]), .batch([], .finished),
                ]
            ),
            (
                "at the end a failure of everything is the end",
                [
                    .batch(["a", "b"], .push(["a", "b"])), .failed(["a", "b"], .unauthorized), .drain,
                    .batch(["a", "b"], .push(["a", "b"])), .failed(["a", "b"], .unauthorized),
                    .batch(["a", "b"], .finished),
                ]
            ),
        ] as [(String, [Event])])
    func schedule(name: String, events: [Event]) {
        var schedule = UploadSchedule()
        var now = Duration.zero
        for (index, event) in events.enumerated() {
            switch event {
            case .batch(let batch, let step):
                #expect(schedule.next(batch: batch, at: now) == step, "\(name): event \(index)")
            case .done(let paths): schedule.note(done: paths, isSuccess: true)
            case .vanished(let paths): schedule.note(done: paths, isSuccess: false)
            case .failed(let paths, let code): schedule.note(failed: paths, code, at: now)
            case .passed(let time): now += time
            case .drain: schedule.drain()
            case .heldBack(let paths):
                #expect(Set(schedule.heldBack) == Set(paths), "\(name): event \(index)")
            }
        }
    }

    @Test("waits double from a second to a quarter of an hour")
    func delays() {
        let seconds = (1...12).map { UploadSchedule.delay(after: $0) / .seconds(1) }
        #expect(seconds == [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900])
        #expect(UploadSchedule.delay(after: 1_000_000) == .seconds(900))
    }

    @Test("no more than so many bad paths are remembered")
    func memory() {
        var schedule = UploadSchedule()
        for number in 0..<(UploadSchedule.failureLimit + 100) {
            schedule.note(failed: ["\(number)"], .hashMismatch, at: .zero)
        }
        #expect(schedule.heldBack.count == UploadSchedule.failureLimit)
    }
}
