import ProgramKit
import Testing

@Suite struct ActivatedSocketsTests {
    @Test(
        "only what is meant for this process is taken",
        arguments: [
            [:], ["LISTEN_FDS": "1"], ["LISTEN_PID": "7"], ["LISTEN_PID": "8", "LISTEN_FDS": "1"],
            ["LISTEN_PID": "7", "LISTEN_FDS": "0"], ["LISTEN_PID": "7", "LISTEN_FDS": "-1"],
            ["LISTEN_PID": "x", "LISTEN_FDS": "1"], ["LISTEN_PID": "7", "LISTEN_FDS": "100000"],
        ])
    func others(environment: [String: String]) throws {
        #expect(try ActivatedSockets(environment: environment, processID: 7) == nil)
    }

    @Test("what does not listen is refused by its name")
    func noSocket() {
        // Descriptors that high are not open.
        let environment = ["LISTEN_PID": "7", "LISTEN_FDS": "1000", "LISTEN_FDNAMES": ":::"]
        #expect(throws: UsageError.self) { try ActivatedSockets(environment: environment, processID: 7) }
    }
}
