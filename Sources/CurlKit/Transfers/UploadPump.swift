/// Moves a streamed body into its pipe, and checks that it is as long as was promised.
struct UploadPump {
    let transfer: Transfer
    let pipe: UploadPipe
    let length: Int64?

    func run(_ stream: any AsyncSequence<[UInt8], any Error>) async {
        var failure: HTTPError?
        do {
            failure = try await move(stream)
        } catch {
            failure = transfer.error(
                .requestBody, "the body to send could not be read (\(error))", remedy: "check where it comes from",
                cause: error)
        }
        // What goes wrong after the server refused the body does not matter.
        guard !pipe.isClosed else { return }
        if Task.isCancelled {
            transfer.cancel()
        } else if let failure {
            transfer.fail(failure)
        } else {
            pipe.finish()
        }
    }

    private func move(_ stream: any AsyncSequence<[UInt8], any Error>) async throws -> HTTPError? {
        var sent: Int64 = 0
        for try await chunk in stream {
            sent += Int64(chunk.count)
            if let length, sent > length { return wrongLength("has more than the \(length) bytes it should have") }
            guard await pipe.write(chunk) else { return nil }
        }
        guard let length, sent < length else { return nil }
        return wrongLength("ended after \(sent) of \(length) bytes")
    }

    private func wrongLength(_ problem: String) -> HTTPError {
        transfer.error(
            .requestBody, "the body to send \(problem)", remedy: "check that its source does not change meanwhile")
    }
}
