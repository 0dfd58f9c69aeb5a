import { S3Client } from "@aws-sdk/client-s3";
import { S3_CLIENT_SETTINGS } from "../../lambda/aws/client-settings.ts";
import { fetchObjectWith } from "../../lambda/aws/s3.ts";

/** Opens log objects in real S3, with the credentials and the region of the shell. */
export function fetchFromS3(): ReturnType<typeof fetchObjectWith> {
  return fetchObjectWith(new S3Client(S3_CLIENT_SETTINGS));
}
