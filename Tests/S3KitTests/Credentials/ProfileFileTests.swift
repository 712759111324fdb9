import Testing

@testable import S3Kit

@Suite struct ProfileFileTests {
    static let text = """
        ; a comment
        stray = 1
        [default]
        region = eu-west-1
        Aws_Access_Key_Id=AKID # and why
        aws_secret_access_key = a/b+c#d==
        [profile  build farm ]
        s3 =
          region = not-this
        role_arn = arn:aws:iam::1:role/x
        [sso-session x]
        region = nor-this
        [work]
        region = for-credentials
        [unclosed
        region = nor-that
        """

    @Test func readsConfig() {
        let file = ProfileFile(parsing: Self.text, kind: .config)
        #expect(
            file.profiles == [
                "default": [
                    "region": "eu-west-1", "aws_access_key_id": "AKID", "aws_secret_access_key": "a/b+c#d==",
                ],
                "build farm": ["s3": "", "role_arn": "arn:aws:iam::1:role/x"],
            ])
    }

    @Test func readsCredentials() {
        let file = ProfileFile(parsing: "[work]\r\nregion = a\r\n[work]\r\nx=1\r\nregion=b\r\n", kind: .credentials)
        #expect(file.profiles == ["work": ["region": "b", "x": "1"]])
    }
}
