import ArgumentParser

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
            } else {
                try command.run()
                status = .success
            }
        } catch {
            status = ExitStatus(reporting: error)
        }
        exit(status.rawValue)
    }
}
