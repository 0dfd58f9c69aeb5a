import { S3Client } from "@aws-sdk/client-s3";
import { fetchObjectWith } from "../../lambda/aws/s3.ts";

/** Opens log objects in real S3, with the credentials and the region of the shell. */
export const fetchFromS3 = () => fetchObjectWith(new S3Client());
