import { dynamoStore } from "../../../lambda/aws/dynamodb.ts";
import { motoTest, startMoto } from "../../support/moto.ts";
import { playAll } from "../../support/play-histories.ts";
import { thorough } from "../../support/runs.ts";

const RUNS = 25;

thorough(motoTest)(
  "whatever comes twice, crashes, is refused or loses its answer: in DynamoDB each match is told exactly once",
  async () => {
    const moto = await startMoto();
    try {
      let tables = 0;
      await playAll("in DynamoDB", RUNS, async () => {
        await moto.createTable(`ledger-${++tables}`);
        return dynamoStore(moto.client, `ledger-${tables}`);
      });
    } finally {
      await moto.stop();
    }
  },
);
