import Logging
public import ServiceLifecycle
import Subprocess

#if canImport(System)
import System
#else
import SystemPackage
#endif

extension SigningProgram: Service {
    /// The longest line that the program may print, in bytes.
    private static let maximumLineLength = 4 << 20

    /// Keeps the program running until a graceful shutdown.
    public nonisolated func run() async {
        await cancelWhenGracefulShutdown { await self.keepRunning() }
        await end("the server stops")
    }

    private nonisolated func keepRunning() async {
        var pause = times.firstRestart
        while !Task.isCancelled {
            let start = ContinuousClock.now
            let reason = await runOnce()
            await end(reason)
            guard !Task.isCancelled else { break }
            // One that ran well for a while begins anew.
            if ContinuousClock.now - start > times.lastRestart { pause = times.firstRestart }
            logger.error(
                "the signing program has ended and is started again",
                metadata: ["program": "\(path)", "reason": "\(reason)", "in": "\(pause)"])
            try? await Task.sleep(for: pause)
            pause = min(pause * 2, times.lastRestart)
        }
    }

    /// Runs the program until it ends or has to be ended.
    ///
    /// - Returns: why it is no longer there.
    private nonisolated func runOnce() async -> String {
        var options = PlatformOptions()
        options.processGroupID = 0
        options.teardownSequence = [.gracefulShutDown(allowedDurationToNextStep: .seconds(2))]
        do {
            let outcome = try await Subprocess.run(
                path.contains("/") ? .path(FilePath(path)) : .name(path), platformOptions: options, input: .inputWriter,
                output: .sequence, error: .currentStandardError
            ) { execution in
                let (lines, continuation) = AsyncStream.makeStream(
                    of: [UInt8].self, bufferingPolicy: .bufferingOldest(Self.maximumRequests))
                await begin(continuation)
                let fault = await withTaskGroup(of: String?.self) { tasks in
                    tasks.addTask { await self.write(lines, to: execution.standardInputWriter) }
                    tasks.addTask {
                        await self.read(
                            execution.standardOutput.strings(
                                separatedBy: .unicodeScalarSequence(["\n"]),
                                bufferingPolicy: .maxLineLength(Self.maximumLineLength)))
                    }
                    tasks.addTask { await self.watch() }
                    let fault = await tasks.next() ?? nil
                    // Reading ends only with the program.
                    await execution.teardown(using: options.teardownSequence)
                    tasks.cancelAll()
                    return fault
                }
                return Ending(fault: fault)
            }
            if let fault = outcome.closureResult.fault { return fault }
            switch outcome.terminationStatus {
            case .exited(let code): return "it ended with exit status \(code)"
            case .signaled(let signal): return "it ended by signal \(signal)"
            }
        } catch {
            return Task.isCancelled ? "the server stops" : "it cannot be run: \(error)"
        }
    }

    private struct Ending: Sendable {
        let fault: String?
    }

    private nonisolated func write(_ lines: AsyncStream<[UInt8]>, to writer: StandardInputWriter) async -> String? {
        do {
            for await line in lines { _ = try await writer.write(line) }
            return nil
        } catch {
            return "it does not read what it is asked"
        }
    }

    private nonisolated func read(_ lines: some AsyncSequence<String, any Error>) async -> String? {
        do {
            for try await line in lines where !line.allSatisfy(\.isWhitespace) { try await take(line) }
            return nil
        } catch let fault as SigningFault {
            return fault.reason
        } catch {
            return "what it prints cannot be read: \(error)"
        }
    }

    private nonisolated func watch() async -> String? {
        while (try? await Task.sleep(for: min(.seconds(1), times.answer / 4))) != nil {
            do throws(SigningFault) { try await checkTime() } catch { return error.reason }
        }
        return nil
    }
}
