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
enum Main {
    static func main() async {
        // Who reads our messages may be gone; that is no reason to end.
        signal(SIGPIPE, SIG_IGN)
        let arguments = Array(CommandLine.arguments.dropFirst())
        let status: ExitStatus
        do {
            switch try HookCommand.command(from: arguments) {
            case let send as SendCommand:
                send.run()
                status = .success
            case let serve as ServeCommand: status = await serve.serve()
            case var other:
                try other.run()
                status = .success
            }
        } catch {
            // Nix fails a build whose hook fails, and mistakes in the hook's arguments are no fault of the build.
            status = arguments.first == SendCommand.name ? .success : ExitStatus(of: error)
            HookCommand.report(error)
        }
        // Not exit(): it would run the clean-up of libraries while their threads are ending. Nothing is lost: the standard
        // streams are written without a buffer.
        _exit(status.rawValue)
    }
}
