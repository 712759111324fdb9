import CacheCore
import Testing

@Suite("What a create does about an object")
struct ClaimDecisionTests {
    static let now = Timestamp(seconds: 1000)

    @Test(
        "depends on its row",
        arguments: [
            (nil, 0, false, .insert, .absent), (.uploading, 0, false, .upload(isRegistered: false), .absent),
            (.uploading, 0, true, .upload(isRegistered: true), .absent),
            (.uploading, 2000, false, .upload(isRegistered: false), .absent), (.live, 0, false, .present, .present),
            (.live, 2000, true, .present, .present), (.condemned, 0, false, .revive, .revive),
            (.deleting, 999, false, .restart, .absent), (.deleting, 1000, false, .restart, .absent),
            (.deleting, 1001, true, .wait, .absent),
        ] as [(ObjectState?, Int64, Bool, ClaimDecision, ClaimDecision)])
    func table(
        state: ObjectState?, busyUntil: Int64, isRegistered: Bool, listed: ClaimDecision, unlisted: ClaimDecision
    ) {
        let row = state.map {
            ClaimDecision.Row(state: $0, busyUntil: Timestamp(seconds: busyUntil), isRegistered: isRegistered)
        }
        #expect(ClaimDecision(row: row, isListed: true, now: Self.now) == listed)
        #expect(ClaimDecision(row: row, isListed: false, now: Self.now) == unlisted)
    }

    @Test(
        "says what has to be uploaded and what is claimed",
        arguments: [
            (.insert, true, true), (.upload(isRegistered: true), true, true), (.present, false, true),
            (.revive, false, true), (.restart, true, true), (.wait, false, false), (.absent, false, false),
        ] as [(ClaimDecision, Bool, Bool)])
    func properties(decision: ClaimDecision, needsUpload: Bool, isClaimed: Bool) {
        #expect(decision.needsUpload == needsUpload)
        #expect(decision.isClaimed == isClaimed)
    }
}
