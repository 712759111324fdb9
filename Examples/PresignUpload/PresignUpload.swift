import Foundation
import S3Kit

/// Prints a URL by which anybody may upload one object within an hour: `PresignUpload ENDPOINT BUCKET KEY`.
///
/// The credentials come from AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY; nothing is sent anywhere.
@main
struct PresignUpload {
    static func main() throws {
        let words = CommandLine.arguments
        let environment = ProcessInfo.processInfo.environment
        guard words.count == 4, let id = environment["AWS_ACCESS_KEY_ID"],
            let secret = environment["AWS_SECRET_ACCESS_KEY"]
        else { fatalError("usage: AWS_ACCESS_KEY_ID=… AWS_SECRET_ACCESS_KEY=… PresignUpload ENDPOINT BUCKET KEY") }
        let endpoint = try S3Endpoint(parsing: words[1], bucket: words[2])
        let signer = SigV4(
            credentials: S3Credentials(accessKeyID: id, secretAccessKey: secret), region: S3Client.defaultRegion)
        print(
            signer.presignedURL(
                method: "PUT", endpoint: endpoint, key: words[3], lifetime: .seconds(3600), date: Date()))
    }
}
