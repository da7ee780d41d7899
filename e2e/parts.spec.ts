import { expect, test } from './test.ts';

test('a part whose code cannot be fetched is said to be missing, and the page goes on', async ({
  headstart,
  page,
}) => {
  await page.route('**/assets/OptionGroups-*.js', (route) => route.abort());
  await headstart.open();
  await expect(headstart.notices).toContainText('A part of this page could not be fetched');
  await page.getByRole('button', { name: 'Options', exact: true }).click();
  await expect(page.getByRole('button', { name: 'Options', exact: true })).toHaveAttribute(
    'aria-expanded',
    'true',
  );
  await page.getByRole('button', { name: 'Try with sample pictures' }).click();
  await expect(headstart.pictures.getByText('96 pictures in 4 classes')).toBeVisible();
});
