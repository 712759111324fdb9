import Testing

@testable import CurlKit

@Suite struct StallDetectorTests {
    static let start = ContinuousClock.now

    /// Asks a detector with a limit of 8 s whenever it wants to be asked, for as long as there are numbers of bytes.
    static func firstStall(_ moved: [Int64], isExcused: (Int) -> Bool = { _ in false }) -> Int? {
        var detector = StallDetector(limit: .seconds(8), now: start)
        return moved.indices.first { index in
            detector.isStalled(moved: moved[index], isExcused: isExcused(index), at: detector.nextCheck)
        }
    }

    @Test func asksEightTimesWithinTheLimit() {
        var detector = StallDetector(limit: .seconds(8), now: Self.start)
        #expect(detector.nextCheck == Self.start + .seconds(1))
        let isStalled = detector.isStalled(moved: 0, isExcused: false, at: Self.start + .seconds(3))
        #expect(!isStalled)
        #expect(detector.nextCheck == Self.start + .seconds(4))
    }

    @Test func noticesThatNothingMoves() {
        #expect(Self.firstStall(Array(repeating: 0, count: 20)) == 7)
        #expect(Self.firstStall([1, 2, 3] + Array(repeating: 3, count: 20)) == 10)
    }

    @Test func lastsAsLongAsBytesMove() {
        #expect(Self.firstStall((0..<1000).map { Int64($0 / 7) }) == nil)
        #expect(Self.firstStall((0..<1000).map { Int64($0 / 8) }) == 7)
    }

    @Test func excusesPauses() {
        let nothing = [Int64](repeating: 0, count: 100)
        #expect(Self.firstStall(nothing) { _ in true } == nil)
        #expect(Self.firstStall(nothing) { $0 < 50 } == 57)
        #expect(Self.firstStall(nothing) { $0 % 8 == 0 } == nil)
    }
}
