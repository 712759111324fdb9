import CacheCore
import CacheStorage
import TestServices
import Testing

/// The lead of build farms, in every store alike.
@Suite(.timeLimit(.minutes(5))) struct FarmLeadConformanceTests {
    enum Kind: CaseIterable {
        case sqlite, postgres

        func store() async throws -> any MetadataStore {
            switch self {
            case .sqlite: try SQLiteStore(path: ":memory:")
            case .postgres: try await PostgresStore(connection: try await PostgresService.shared.database())
            }
        }
    }

    static let times = FarmLeadTimes(
        interval: .milliseconds(50), lease: .seconds(60), notice: .milliseconds(300), holdBack: .zero)

    @Test(arguments: Kind.allCases)
    func goesFromOneToTheOther(kind: Kind) async throws {
        let store = try await kind.store()
        let times = Self.times
        #expect(try await store.takeLead(of: .unnamed, holder: "a", times: times))
        #expect(try await store.takeLead(of: .unnamed, holder: "a", times: times))
        #expect(try await !store.takeLead(of: .unnamed, holder: "b", times: times))
        // Farms do not know of each other.
        #expect(try await store.takeLead(of: try FarmID("x"), holder: "b", times: times))
        // Whoever has nothing gives nothing up.
        try await store.releaseLead(of: .unnamed, holder: "b")
        try await store.releaseLead(of: try FarmID("never"), holder: "b")
        #expect(try await !store.takeLead(of: .unnamed, holder: "b", times: times))
        let before = try await store.instant()
        try await store.releaseLead(of: .unnamed, holder: "a")
        while try await !store.takeLead(of: .unnamed, holder: "b", times: times) {
            try await Task.sleep(for: .milliseconds(10))
        }
        #expect(try await store.instant() - before >= times.notice)
        #expect(try await !store.takeLead(of: .unnamed, holder: "a", times: times))
        try await store.releaseLead(of: .unnamed, holder: "a")
        #expect(try await store.takeLead(of: .unnamed, holder: "b", times: times))
    }

    @Test(arguments: Kind.allCases)
    func endsByItself(kind: Kind) async throws {
        let store = try await kind.store()
        var times = Self.times
        times.lease = .milliseconds(400)
        let before = try await store.instant()
        #expect(try await store.takeLead(of: .unnamed, holder: "a", times: times))
        while try await !store.takeLead(of: .unnamed, holder: "b", times: times) {
            try await Task.sleep(for: .milliseconds(10))
        }
        #expect(try await store.instant() - before >= times.lease + times.notice)
    }

    @Test(arguments: Kind.allCases)
    func goesToOneOfManyWhoAskAtOnce(kind: Kind) async throws {
        let store = try await kind.store()
        let leaders = try await withThrowingTaskGroup(of: Bool.self) { group in
            for number in 0..<40 {
                group.addTask { try await store.takeLead(of: .unnamed, holder: "\(number)", times: Self.times) }
            }
            return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(leaders == 1)
    }
}
