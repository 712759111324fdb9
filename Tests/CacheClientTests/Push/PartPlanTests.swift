import Testing

@testable import CacheClient

@Suite struct PartPlanTests {
    @Test(
        "parts are 10 MiB until that makes more than 9000 of them",
        arguments: [
            (0, 10 << 20), (1, 10 << 20), (12 << 30, 10 << 20), (9_000 * (10 << 20), 10 << 20),
            (9_000 * (10 << 20) + 1, 16 << 20),
            (9_000 * (16 << 20), 16 << 20), (9_000 * (16 << 20) + 1, 32 << 20), (1 << 40, 128 << 20),
            (UInt64.max, 5 << 30),
        ] as [(UInt64, Int)])
    func size(narSize: UInt64, partSize: Int) {
        #expect(PartPlan(narSize: narSize).partSize == partSize)
    }

    @Test(
        "addresses are asked for by the hundred, up to part 10000",
        arguments: [(1, 100), (101, 100), (9_901, 100), (9_902, 99), (10_000, 1), (10_001, 0), (20_000, 0)])
    func request(from number: Int, count: Int) {
        #expect(PartPlan.partsToRequest(from: number) == count)
    }
}
