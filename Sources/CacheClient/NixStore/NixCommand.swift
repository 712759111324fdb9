internal import Subprocess

#if canImport(System)
internal import System
#else
internal import SystemPackage
#endif

/// The `nix` program, run as a child process.
struct NixCommand: Sendable {
    /// The name or path of the program.
    let program: String
    /// The store that it is told to use; nil for what its variables and settings say.
    var storeURL: String?

    /// The options of every call: the commands are still experimental, and asking must neither download nor build.
    private static let commonOptions = ["--extra-experimental-features", "nix-command", "--offline"]
    private static let standardErrorLimit = 4 << 20

    private var storeOptions: [String] { storeURL.map { ["--store", $0] } ?? [] }

    /// Runs a command and collects what it prints.
    ///
    /// - Parameters:
    ///   - arguments: The arguments after the common options.
    ///   - limit: The largest number of bytes the command may print.
    /// - Throws: ``ClientError`` with the code `nixMissing`, or `nixFailed` with the last line that nix said.
    func run(_ arguments: [String], limit: Int) async throws(ClientError) -> [UInt8] {
        let description = "`nix \(arguments.prefix(2).joined(separator: " "))`"
        // In a group of its own, an interrupt at the terminal reaches it through us.
        var platformOptions = PlatformOptions()
        platformOptions.processGroupID = 0
        platformOptions.teardownSequence = [.gracefulShutDown(allowedDurationToNextStep: .seconds(2))]
        do {
            let result = try await Subprocess.run(
                program.contains("/") ? .path(FilePath(program)) : .name(program),
                arguments: Arguments(Self.commonOptions + storeOptions + arguments),
                platformOptions: platformOptions,
                output: .bytes(limit: limit), error: .bytes(limit: Self.standardErrorLimit))
            guard !Task.isCancelled else { throw ClientError.cancelled }
            guard result.terminationStatus.isSuccess else {
                throw ClientError(
                    .nixFailed, "\(description) failed: \(Self.complaint(in: result.standardError)).")
            }
            return result.standardOutput
        } catch let error as ClientError {
            throw error
        } catch let error as SubprocessError where error.code == .executableNotFound {
            throw ClientError(
                .nixMissing, "There is no program \(program) in PATH: install Nix, or add its bin directory to PATH.",
                cause: error)
        } catch let error as SubprocessError where error.code == .outputLimitExceeded {
            throw ClientError(
                .nixFailed, "\(description) printed more than \(limit) bytes; push fewer paths at a time.", cause: error
            )
        } catch is CancellationError {
            throw .cancelled
        } catch {
            throw ClientError(.nixFailed, "\(description) could not be run: \(error).", cause: error)
        }
    }

    /// The last line that reports an error, else the last line, without the prefix and a full stop.
    static func complaint(in standardError: [UInt8]) -> String {
        let lines = String(decoding: standardError, as: UTF8.self).split(whereSeparator: \.isNewline)
        let prefix = "error: "
        guard let line = lines.last(where: { $0.hasPrefix(prefix) }) ?? lines.last else { return "it gave no reason" }
        let text = line.hasPrefix(prefix) ? line.dropFirst(prefix.count) : line
        return String(text.hasSuffix(".") ? text.dropLast() : text)
    }
}
