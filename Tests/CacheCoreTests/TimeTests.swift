import CacheCore
import Testing

@Suite("Times")
struct TimeTests {
    @Test(
        "are written and read as RFC 3339",
        arguments: [
            (0, "1970-01-01T00:00:00Z"), (951_782_400_000_000, "2000-02-29T00:00:00Z"),
            (1_800_000_000_123_456, "2027-01-15T08:00:00.123456Z"), (-1, "1969-12-31T23:59:59.999999Z"),
            (-62_135_596_800_000_000, "0001-01-01T00:00:00Z"), (253_402_300_799_000_000, "9999-12-31T23:59:59Z"),
            (4_107_542_400_000_000, "2100-03-01T00:00:00Z"),
        ] as [(Int64, String)])
    func rfc3339(microseconds: Int64, text: String) {
        #expect(Timestamp(microseconds: microseconds).description == text)
        #expect(Timestamp(rfc3339: text)?.microseconds == microseconds)
    }

    @Test(
        "are read with offsets and any fraction",
        arguments: [
            ("2026-02-01T01:59:59.5+02:00", "2026-01-31T23:59:59.500000Z"),
            ("2026-01-31t18:59:59-05:00", "2026-01-31T23:59:59Z"),
            ("2026-01-31T23:59:59.1234567899Z", "2026-01-31T23:59:59.123456Z"),
            ("2026-01-31T23:59:60z", "2026-02-01T00:00:00Z"),
        ])
    func offsets(text: String, expected: String) {
        #expect(Timestamp(rfc3339: text)?.description == expected)
    }

    @Test(
        "are refused when they are none",
        arguments: [
            "", "2026-01-31", "2026-01-31T23:59:59", "2026-01-31 23:59:59Z", "2026-13-01T00:00:00Z",
            "2026-02-30T00:00:00Z", "2026-01-01T24:00:00Z", "2026-01-01T00:60:00Z", "2026-01-01T00:00:00.Z",
            "2026-01-01T00:00:00+0200", "2026-01-01T00:00:00+24:00", "2026-01-01T00:00:00ZZ", "+026-01-01T00:00:00Z",
            "2026-01-00T00:00:00Z", "2026-00-01T00:00:00Z",
        ])
    func malformed(text: String) {
        #expect(Timestamp(rfc3339: text) == nil)
    }

    @Test("are added and subtracted without overflow")
    func arithmetic() {
        let instant = Timestamp(seconds: 100)
        #expect(instant + .milliseconds(1500) == Timestamp(microseconds: 101_500_000))
        #expect(instant - .seconds(200) == Timestamp(seconds: -100))
        #expect(instant - Timestamp(microseconds: 99_500_000) == .milliseconds(500))
        #expect(Timestamp(seconds: -1) - Timestamp(microseconds: 500_000) == .milliseconds(-1500))
        #expect(Timestamp(microseconds: .max) + .seconds(1) == Timestamp(microseconds: .max))
        #expect(Timestamp(microseconds: .min) - .seconds(1) == Timestamp(microseconds: .min))
        #expect(Timestamp(seconds: .max) == Timestamp(microseconds: .max))
        #expect(Duration.seconds(Int64.max).microseconds == .max)
        #expect(Timestamp(microseconds: -1).seconds == -1)
    }

    @Test(
        "that last are read as Go writes them",
        arguments: [
            ("0", .zero), ("720h", .seconds(2_592_000)), ("90m", .seconds(5400)), ("1h30m", .seconds(5400)),
            ("300ms", .milliseconds(300)), ("1.5h", .seconds(5400)), ("30d", .seconds(2_592_000)),
            ("2w", .seconds(1_209_600)), ("-5m", .seconds(-300)), ("+1s", .seconds(1)), (".5s", .milliseconds(500)),
            ("1.s", .seconds(1)), ("10us", .microseconds(10)), ("10µs", .microseconds(10)), ("7ns", .nanoseconds(7)),
            ("1h0m0.25s", .milliseconds(3_600_250)),
        ] as [(String, Duration)])
    func durations(text: String, expected: Duration) throws {
        #expect(try Duration(goDuration: text) == expected)
    }

    @Test(
        "that last are refused when they are none",
        arguments: ["", "-", "h", "1", "1x", "1 h", "1h 30m", ".s", "1.2.3s", "99999999999h", "1e3s", "٣s", "--1s"])
    func badDurations(text: String) {
        let error = #expect(throws: CacheError.self) { try Duration(goDuration: text) }
        #expect(error?.code == .invalidRequest)
        #expect(error?.message.contains("is no duration") == true)
    }

    @Test("of a lifecycle are read from a test's setting")
    func lifecycleTimes() throws {
        let times = try LifecycleTimes(parsing: "U=20s,W=24s,L=2s,D=6s,heartbeat=4s")
        #expect(
            times
                == LifecycleTimes(
                    urlLifetime: .seconds(20), writeWindow: .seconds(24), leaseLifetime: .seconds(2),
                    busyPeriod: .seconds(6), heartbeatLimit: .seconds(4)))
        #expect(times.completionWindow == .seconds(4))
        #expect(try LifecycleTimes(parsing: "") == .standard)
        #expect(try LifecycleTimes(parsing: "wait=1s,poll=10ms").busyWait == .seconds(1))
        try LifecycleTimes.standard.validate()
        #expect(LifecycleTimes.standard.completionWindow == .seconds(3600))
    }

    @Test(
        "of a lifecycle have to outlast each other",
        arguments: ["U=24s,W=24s", "L=6s,D=6s", "U=0s", "heartbeat=0s", "poll=0s", "U", "X=1s", "U=1", "wait=-1s"])
    func badLifecycleTimes(text: String) {
        let error = #expect(throws: CacheError.self) { try LifecycleTimes(parsing: text) }
        #expect(error?.code == .invalidRequest)
    }
}
