/// Moves a streamed body into its pipe, and checks that it is as long as was promised.
struct UploadPump {
    let transfer: Transfer
    let pipe: UploadPipe
    let length: Int64?

    func run(_ stream: any AsyncSequence<[UInt8], any Error>) async {
        do {
            var sent: Int64 = 0
            for try await chunk in stream {
                sent += Int64(chunk.count)
                if let length, sent > length {
                    return transfer.fail(wrongLength("has more than the \(length) bytes it should have"))
                }
                guard await pipe.write(chunk) else { return }
            }
            guard !Task.isCancelled else { return transfer.cancel() }
            if let length, sent < length {
                return transfer.fail(wrongLength("ended after \(sent) of \(length) bytes"))
            }
            pipe.finish()
        } catch {
            guard !Task.isCancelled else { return transfer.cancel() }
            transfer.fail(
                transfer.error(
                    .requestBody, "the body to send could not be read (\(error))", remedy: "check where it comes from",
                    cause: error))
        }
    }

    private func wrongLength(_ problem: String) -> HTTPError {
        transfer.error(
            .requestBody, "the body to send \(problem)", remedy: "check that its source does not change meanwhile")
    }
}
