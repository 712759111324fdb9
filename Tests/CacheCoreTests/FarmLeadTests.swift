import CacheCore
import CacheStorage
import Logging
import Synchronization
import Testing

@Suite("The lead of a build farm") struct FarmLeadTests {
    static let times = FarmLeadTimes(
        interval: .seconds(5), lease: .seconds(15), notice: .seconds(10), holdBack: .seconds(10))

    static func at(_ seconds: Int64) -> Timestamp { Timestamp(seconds: 1000 + seconds) }

    static func lead(_ holder: String, until end: Int64, leadsFrom start: Int64) -> FarmLead {
        FarmLead(holder: holder, expiresAt: at(end), leadsFrom: at(start))
    }

    @Test(
        "goes to one at a time, who is told so when the one before must have noticed",
        arguments: [
            (nil, "a", 0, lead("a", until: 15, leadsFrom: 0), true),
            // Renewed, also when nobody took it after its end.
            (lead("a", until: 15, leadsFrom: 0), "a", 5, lead("a", until: 20, leadsFrom: 0), true),
            (lead("a", until: 15, leadsFrom: 0), "a", 40, lead("a", until: 55, leadsFrom: 0), true),
            (lead("a", until: 15, leadsFrom: 12), "a", 5, lead("a", until: 20, leadsFrom: 12), false),
            // Somebody has it.
            (lead("a", until: 15, leadsFrom: 0), "b", 5, lead("a", until: 15, leadsFrom: 0), false),
            (lead("a", until: 15, leadsFrom: 0), "b", 14, lead("a", until: 15, leadsFrom: 0), false),
            // It ended just now, some seconds ago, or so long ago that everybody has noticed.
            (lead("a", until: 15, leadsFrom: 0), "b", 15, lead("b", until: 30, leadsFrom: 25), false),
            (lead("a", until: 15, leadsFrom: 0), "b", 20, lead("b", until: 35, leadsFrom: 25), false),
            (lead("a", until: 15, leadsFrom: 0), "b", 25, lead("b", until: 40, leadsFrom: 25), true),
            (lead("a", until: 15, leadsFrom: 0), "b", 90, lead("b", until: 105, leadsFrom: 90), true),
            // One who never led does not shorten the time of the one before him.
            (lead("b", until: 16, leadsFrom: 25), "c", 17, lead("c", until: 32, leadsFrom: 26), false),
        ] as [(FarmLead?, String, Int64, FarmLead, Bool)])
    func decisions(current: FarmLead?, holder: String, now: Int64, expected: FarmLead, leads: Bool) {
        let decided = FarmLead.decide(current: current, holder: holder, at: Self.at(now), times: Self.times)
        #expect(decided == expected)
        #expect(decided.isLed(by: holder, at: Self.at(now)) == leads)
    }

    @Test("is only led within its time")
    func isLed() {
        let lead = Self.lead("a", until: 15, leadsFrom: 10)
        #expect([9, 10, 14, 15].map { lead.isLed(by: "a", at: Self.at($0)) } == [false, true, true, false])
        #expect(!lead.isLed(by: "b", at: Self.at(12)))
    }

    @Test(
        "belongs to a farm with a name that fits a URL",
        arguments: ["a", "A.b_c-9", String(repeating: "x", count: 128)])
    func names(text: String) throws {
        #expect(try FarmID(text).text == text)
        #expect(try FarmID(text).description == text)
    }

    @Test("belongs to no other", arguments: ["", "a/b", "a b", "é", "a\n", String(repeating: "x", count: 129)])
    func refusedNames(text: String) throws {
        let error = #expect(throws: CacheError.self) { try FarmID(text) }
        #expect(error?.code == .invalidRequest)
    }

    @Test("is kept for its lease while the store does not answer, and no longer")
    func outage() async throws {
        let times = FarmLeadTimes(
            interval: .milliseconds(10), lease: .seconds(3), notice: .zero, holdBack: .zero)
        let store = try SQLiteStore(path: ":memory:")
        let leads = FarmLeads(
            metadata: store, times: times, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        var member = leads.member(of: .unnamed, isIncumbent: false)
        let began = ContinuousClock.now
        #expect(await member.leads())
        try store.close()
        var last = began
        while await member.leads() {
            last = .now
            try #require(began.duration(to: last) < .seconds(30))
            try await Task.sleep(for: .milliseconds(20))
        }
        #expect(began.duration(to: .now) >= times.lease)
    }

    @Test("is left to whoever had it for a while after a start")
    func holdBack() async throws {
        let times = FarmLeadTimes(
            interval: .milliseconds(10), lease: .seconds(60), notice: .zero, holdBack: .milliseconds(300))
        let store = try SQLiteStore(path: ":memory:")
        let began = ContinuousClock.now
        let leads = FarmLeads(
            metadata: store, times: times, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        var other = leads.member(of: try FarmID("x"), isIncumbent: false)
        while await !other.leads() {
            try await Task.sleep(for: .milliseconds(5))
            try #require(began.duration(to: .now) < .seconds(30))
        }
        #expect(began.duration(to: .now) >= times.holdBack)
        let restarted = FarmLeads(
            metadata: store, times: times, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        await other.leave()
        var incumbent = restarted.member(of: try FarmID("x"), isIncumbent: true)
        #expect(await incumbent.leads())
    }
}
