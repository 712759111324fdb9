import ArgumentParser
import ProgramKit

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

@main
struct Main {
    static func main() async {
        MemoryAllocator.returnLargeBuffers()
        let status: ExitStatus
        do {
            var command = try Niks3.command(from: Array(CommandLine.arguments.dropFirst()))
            if let command = command as? any InterruptibleCommand {
                status = await command.runUntilInterrupted()
            } else if let command = command as? any ServingCommand {
                status = await command.serve()
            } else {
                try command.run()
                status = .success
            }
        } catch {
            status = ExitStatus(reporting: error)
        }
        // Not exit(): it would run the clean-up of libraries (OpenSSL's frees what its threads still hold) while threads of
        // libcurl and of the store reader are ending, which now and then corrupted the heap of a finished push. Nothing is
        // lost: the standard streams are written without a buffer.
        _exit(status.rawValue)
    }
}
